package io.espalier.trainer.starter;

import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Weights that a small ViT learns faster from than from plain noise, because they resemble trained
 * ones. Places are sines and cosines of row and column (Beyer et al. 2022, arXiv:2205.01580);
 * queries and keys start alike, so that a token looks at those like it, nearby ones first; value
 * and output undo each other in part (Trockman and Kolter 2023, arXiv:2305.09828).
 */
final class FirstWeights implements TensorSource {

  private static final double PLACE = 0.4;
  private static final double PATCH = 0.15;
  private static final double LIKENESS = 0.7;
  private static final double UNDONE = 0.4;

  private final TensorSource random;
  private final long seed;

  /**
   * @param random what every other tensor begins with
   */
  FirstWeights(TensorSource random, long seed) {
    this.random = random;
    this.seed = seed;
  }

  @Override
  public Set<String> names() {
    return random.names();
  }

  @Override
  public Tensor tensor(String name) {
    Tensor plain = random.tensor(name);
    if (name.endsWith("position_embeddings")) {
      return places(plain);
    }
    if (name.endsWith("projection.weight")) {
      return scaledNoise(plain, name);
    }
    if (name.endsWith("attention.query.weight") || name.endsWith("attention.key.weight")) {
      return alike(plain, name);
    }
    if (name.endsWith("attention.value.weight")) {
      return rotation(name, plain, false);
    }
    if (name.endsWith("attention.output.dense.weight")) {
      return rotation(name, plain, true);
    }
    return plain;
  }

  /** (1, 1 + side², width): the first place is the class token's and stays noise. */
  private static Tensor places(Tensor plain) {
    float[] values = plain.floats();
    int width = Math.toIntExact(plain.shape().get(2));
    int side = (int) Math.sqrt(plain.shape().get(1) - 1.0);
    int quarter = width / 4;
    for (int place = 0; place < side * side; place++) {
      int at = (place + 1) * width;
      for (int i = 0; i < quarter; i++) {
        double wave = 1 / StrictMath.pow(100, (double) i / quarter);
        int line = place / side;
        int column = place % side;
        values[at + i] = (float) (PLACE * StrictMath.sin(line * wave));
        values[at + quarter + i] = (float) (PLACE * StrictMath.cos(line * wave));
        values[at + 2 * quarter + i] = (float) (PLACE * StrictMath.sin(column * wave));
        values[at + 3 * quarter + i] = (float) (PLACE * StrictMath.cos(column * wave));
      }
    }
    return same(plain, values);
  }

  private Tensor scaledNoise(Tensor plain, String name) {
    Random noise = new Random(seed + name.hashCode());
    float[] values = plain.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (PATCH * noise.nextGaussian());
    }
    return same(plain, values);
  }

  /** Queries and keys of a block get the same rows; each keeps its own small noise. */
  private Tensor alike(Tensor plain, String name) {
    String both = name.replace("query", "key");
    float[] values = plain.floats();
    int width = Math.toIntExact(plain.shape().get(1));
    double[][] rows = orthonormal(width, seed + both.hashCode());
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < width; column++) {
        values[row * width + column] += (float) (LIKENESS * rows[row][column]);
      }
    }
    return same(plain, values);
  }

  /** A rotation for the values, and a part of minus its inverse for the output. */
  private Tensor rotation(String name, Tensor plain, boolean back) {
    String both = name.replace("attention.output.dense", "attention.attention.value");
    float[] values = plain.floats();
    int width = Math.toIntExact(plain.shape().get(1));
    double[][] rows = orthonormal(width, seed + both.hashCode());
    for (int row = 0; row < width; row++) {
      for (int column = 0; column < width; column++) {
        double turned = back ? -rows[column][row] : rows[row][column];
        values[row * width + column] += (float) (Math.sqrt(UNDONE) * turned);
      }
    }
    return same(plain, values);
  }

  /** Rows of length 1 at right angles, by Gram and Schmidt. */
  private static double[][] orthonormal(int width, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] rows = new double[width][width];
    for (int row = 0; row < width; row++) {
      for (int i = 0; i < width; i++) {
        rows[row][i] = random.nextDouble() + random.nextDouble() - 1;
      }
      for (int other = 0; other < row; other++) {
        add(rows[row], -dot(rows[row], rows[other]), rows[other]);
      }
      double length = Math.sqrt(dot(rows[row], rows[row]));
      for (int i = 0; i < width; i++) {
        rows[row][i] /= length;
      }
    }
    return rows;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] to, double factor, double[] what) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * what[i];
    }
  }

  private static Tensor same(Tensor shape, float[] values) {
    return Tensor.of(values, shape.shape().stream().mapToLong(Long::longValue).toArray());
  }
}
