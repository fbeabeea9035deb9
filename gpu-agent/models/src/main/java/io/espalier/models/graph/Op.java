package io.espalier.models.graph;

import java.util.List;
import java.util.Optional;

/**
 * The vocabulary of graphs. Every operation gives one value; what it means in TorchScript is in
 * {@link Expression}, what it costs in {@link Cost}: a new operation does not compile until both
 * know it.
 */
sealed interface Op {

  /** A leaf: nothing is computed. */
  sealed interface Leaf extends Op {}

  /** The same bytes under another shape. */
  sealed interface View extends Op {}

  /** Whole numbers and truth values made from others: cheap, and nothing is learned through it. */
  sealed interface Index extends Op {}

  record Input(String name) implements Leaf {}

  record Weight(Parameter parameter) implements Leaf {}

  record Reshape(Shape to) implements View {}

  record Transpose(int first, int second) implements View {}

  record Select(int dimension, int index) implements View {}

  record Expand(Shape to) implements View {}

  /** Entries {@code from} … {@code to} − 1 along a dimension. */
  record Slice(int dimension, Size from, Size to) implements View {}

  /** (B, C, H, W) → every {@code step}-th row and column. */
  record Subsample(int step) implements View {}

  /** (…, in), (out, in), optional (out) → (…, out); the matrix is (in, out) where transposed. */
  record Linear(boolean transposed) implements Op {}

  /**
   * x (…, in), matrix, x or what dropout left of it through the first matrix of an adapter (…,
   * rank), its second (out, rank), optional bias → (…, out), in one block of memory.
   *
   * @param scale of the adapter
   */
  record AdaptedLinear(boolean transposed, double scale) implements Op {}

  /** The same numbers, the channels of a pixel beside each other: convolutions read them so. */
  record ChannelsLast() implements Op {}

  /** (B, in, H, W), (out, in / groups, k, k), optional (out) → (B, out, H', W'). */
  record Conv2d(int stride, int padding, int groups) implements Op {}

  /**
   * (entries, width), whole numbers (…) → (…, width). The row {@code padding} gets no gradient; −1
   * where there is no such row.
   */
  record Embedding(int padding) implements Op {}

  record LayerNorm(double epsilon) implements Op {}

  /** Zhang and Sennrich 2019, arXiv:1910.07467. */
  record RmsNorm(double epsilon) implements Op {}

  /**
   * x, weight, bias, running mean, running variance, count. Where it uses the statistics of the
   * batch it writes the last three. Ioffe and Szegedy 2015, arXiv:1502.03167.
   */
  record BatchNorm(double epsilon, double momentum, boolean batchStatistics) implements Op {}

  /**
   * The matrix of a convolution, weight and running variance of the norm after it → the matrix of
   * the two in one.
   */
  record FoldedMatrix(double epsilon) implements Op {}

  /** Weight, bias, running mean and variance of such a norm → the bias of the two in one. */
  record FoldedBias(double epsilon) implements Op {}

  record Pointwise(Activation function) implements Op {}

  record Exponential() implements Op {}

  /** Each row divided by its length. */
  record Normalize() implements Op {}

  record MaxPool(int kernel, int stride, int padding) implements Op {}

  /** The mean over dimensions, which go. */
  record Mean(List<Integer> dimensions) implements Op {}

  /** (B, C, H, W) → (B, before + C + after, H, W), new channels zero. */
  record PadChannels(int before, int after) implements Op {}

  /**
   * q (B, heads, T, d), k and v (B, key heads, S, d), optional mask → (B, heads, T, d); fused.
   *
   * @param causal whether each place looks at itself and what came before only
   * @param scale of the products; 1/√d where none is given
   */
  record Attention(double dropout, boolean causal, Optional<Double> scale) implements Op {}

  record Add() implements Op {}

  /** a + factor·b */
  record AddScaled(double factor) implements Op {}

  record Multiply() implements Op {}

  record Scale(double factor) implements Op {}

  record Concat(int dimension) implements Op {}

  record Dropout(double probability) implements Op {}

  record Cast(DType to) implements Op {}

  /**
   * Places (B, T) → (2, B, 1, T, d): cosines, then sines, of the angles by which pairs of features
   * turn. Su et al. 2021, arXiv:2104.09864.
   *
   * @param frequencies radians per place, one for each pair
   * @param scale of both
   */
  record RotaryTable(List<Double> frequencies, double scale) implements Op {}

  /** (B, heads, T, d), table → the first half of the features turned against the second. */
  record Rotate() implements Op {}

  /** (B, T, width), (B) → (B, width): of each sample the place that is named. */
  record PickPlace() implements Op {}

  /**
   * Bias (1, heads, T, S) and where it holds (B or 1, 1, T or 1, S) → as low as can be everywhere
   * else.
   */
  record MaskBias() implements Op {}

  /** 1 for a token, 0 for padding (B, T) → whether it is looked at (B, 1, 1, T). */
  record PaddingMask() implements Index {}

  /**
   * 1 for a token, 0 for padding (B, S) → whether it is looked at (B, 1, T, S) by each of the last
   * T places: itself and what came before, at most {@code window} − 1 places back.
   */
  record CausalMask(Size queries, Optional<Integer> window) implements Index {}

  /** Whether each of the last places looks at each place: (1, 1, queries, keys). */
  record Before(Size queries, Size keys) implements Index {}

  /**
   * Numbers of the samples packed into a row, 0 for padding (B, T) → whether a place looks at
   * another (B, 1, T, T): in the same sample, itself and what came before.
   */
  record PackedMask(Optional<Integer> window) implements Index {}

  /** (B, T) → the number of tokens that are not {@code padding} so far, above {@code padding}. */
  record CountedPlaces(int padding) implements Index {}

  /** (…) → 0 … n − 1 along the last dimension, n that of the value; (1, n). */
  record Places() implements Index {}

  /** Labels (B, T) → the label of the next place; −100 at the end. */
  record NextLabels() implements Index {}

  /** Labels (B, T) → what a decoder reads to give them: {@code start} first, padding for −100. */
  record ShiftRight(int start, int padding) implements Index {}

  /** (B, T) → the place of the first {@code token}, 0 where there is none (B). */
  record FirstPlace(int token) implements Index {}

  /** (B, T) → the place of the largest number (B). */
  record LargestPlace() implements Index {}

  /** A mask (B, T) → the last place that is 1 (B). */
  record LastPlace() implements Index {}

  /** (n, …) → 0 … n − 1 (n). */
  record Rows() implements Index {}

  /**
   * Kind of distance between each of the last {@code queries} places and each of {@code keys}
   * places (T, S): exact when near, by its logarithm when far. Raffel et al. 2019,
   * arXiv:1910.10683.
   */
  record DistanceBuckets(boolean bothWays, int buckets, int farthest, Size queries, Size keys)
      implements Index {}

  /**
   * (rows, classes), (rows) or shares of classes (rows, classes) → (); the sum, not the mean: the
   * caller divides by the count of the whole optimizer step. Label −100 is ignored.
   */
  record CrossEntropy(double labelSmoothing) implements Op {}

  /**
   * x (rows, in), matrix (classes, in), (rows) → (); the sum, as of their product, which is never
   * there as a whole: its gradient is computed along with it, some rows at a time. Label −100 is
   * ignored.
   */
  record ProductCrossEntropy(double labelSmoothing) implements Op {}

  /** Scores and whether they should be high, both (B, labels) → (); the sum. */
  record BinaryCrossEntropy() implements Op {}

  /** Two of the same shape → (); the sum of squared differences. */
  record SquaredError() implements Op {}
}
