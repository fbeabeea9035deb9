package io.espalier.models.graph;

/**
 * The vocabulary of graphs. Every operation gives one value; what it means in TorchScript is in
 * {@link Script}, what it costs in {@link Cost}: a new operation does not compile until both know
 * it.
 */
sealed interface Op {

  /** A leaf: nothing is computed. */
  sealed interface Leaf extends Op {}

  /** The same bytes under another shape. */
  sealed interface View extends Op {}

  record Input(String name) implements Leaf {}

  record Weight(Parameter parameter) implements Leaf {}

  record Reshape(Shape to) implements View {}

  record Transpose(int first, int second) implements View {}

  record Select(int dimension, int index) implements View {}

  record Expand(Shape to) implements View {}

  /** The first entries along a dimension. */
  record First(int dimension, Size count) implements View {}

  /** (…, in), (out, in), optional (out) → (…, out). */
  record Linear() implements Op {}

  /** (B, in, H, W), (out, in, k, k), optional (out) → (B, out, H', W'); no padding. */
  record Conv2d(int stride) implements Op {}

  /**
   * (entries, width), whole numbers (…) → (…, width). The row {@code padding} gets no gradient; −1
   * where there is no such row.
   */
  record Embedding(int padding) implements Op {}

  record LayerNorm(double epsilon) implements Op {}

  record Pointwise(Activation function) implements Op {}

  /** 1 for a token, 0 for padding (B, T) → whether it is looked at (B, 1, 1, T). */
  record PaddingMask() implements Op {}

  /** q, k and v (B, heads, T, d), optional mask → (B, heads, T, d); fused. */
  record Attention(double dropout) implements Op {}

  record Add() implements Op {}

  /** a + factor·b */
  record AddScaled(double factor) implements Op {}

  record Concat(int dimension) implements Op {}

  record Dropout(double probability) implements Op {}

  record Cast(DType to) implements Op {}

  /**
   * (B, classes), (B) → (); the sum over the batch, not the mean: the caller divides by the count
   * of the whole optimizer step. Label −100 is ignored.
   */
  record CrossEntropy(double labelSmoothing) implements Op {}
}
