package io.espalier.trainer.starter.text;

import io.espalier.models.weights.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Word embeddings to begin with: pieces that stand among the same neighbours are alike. They are
 * the leading directions of the positive pointwise mutual information of neighbours (Levy and
 * Goldberg 2014, "Neural word embedding as implicit matrix factorization"), found by iterating a
 * random subspace (Halko et al. 2011, arXiv:0909.4061).
 */
final class FirstWords {

  private static final int WINDOW = 4;
  private static final double SMOOTHING = 0.75; // Levy et al. 2015: rare neighbours count less
  private static final int ITERATIONS = 5;
  private static final double DEVIATION = 0.04;

  private FirstWords() {}

  /** (vocabulary, width). */
  static Tensor of(List<int[]> books, int vocabulary, int width, long seed) {
    float[][] information = information(neighbours(books, vocabulary));
    double[][] basis = new double[width][vocabulary];
    var random = new SplittableRandom(seed);
    for (double[] direction : basis) {
      for (int i = 0; i < vocabulary; i++) {
        direction[i] = random.nextDouble() - 0.5;
      }
    }
    for (int i = 0; i < ITERATIONS; i++) {
      orthonormalise(basis);
      basis = times(information, basis);
    }
    orthonormalise(basis);
    return Tensor.of(rows(basis), vocabulary, width);
  }

  /** How often two pieces stand near each other; the nearer, the more. */
  private static float[][] neighbours(List<int[]> books, int vocabulary) {
    float[][] counts = new float[vocabulary][vocabulary];
    for (int[] book : books) {
      for (int at = 0; at < book.length; at++) {
        for (int away = 1; away <= WINDOW && at + away < book.length; away++) {
          counts[book[at]][book[at + away]] += 1f / away;
          counts[book[at + away]][book[at]] += 1f / away;
        }
      }
    }
    return counts;
  }

  /** What counts become: log p(a, b) / (p(a) p(b)), where that is positive. */
  private static float[][] information(float[][] counts) {
    int size = counts.length;
    double[] own = new double[size];
    double all = 0;
    double smoothed = 0;
    for (int i = 0; i < size; i++) {
      for (float count : counts[i]) {
        own[i] += count;
      }
      all += own[i];
      smoothed += Math.pow(own[i], SMOOTHING);
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        if (counts[i][j] > 0) {
          // The larger of the two shares is smoothed, so that the matrix stays symmetric.
          double expected =
              Math.min(own[i], own[j]) / all * Math.pow(Math.max(own[i], own[j]), SMOOTHING);
          double ratio = counts[i][j] / all / (expected / smoothed);
          counts[i][j] = (float) Math.max(0, Math.log(ratio));
        }
      }
    }
    return counts;
  }

  private static double[][] times(float[][] symmetric, double[][] basis) {
    int size = symmetric.length;
    int width = basis.length;
    float[][] rows = new float[size][width];
    for (int k = 0; k < width; k++) {
      for (int i = 0; i < size; i++) {
        rows[i][k] = (float) basis[k][i];
      }
    }
    double[][] product = new double[width][size];
    float[] sum = new float[width];
    for (int i = 0; i < size; i++) {
      Arrays.fill(sum, 0);
      for (int j = 0; j < size; j++) {
        float factor = symmetric[i][j];
        if (factor == 0) {
          continue;
        }
        float[] row = rows[j];
        for (int k = 0; k < width; k++) {
          sum[k] += factor * row[k];
        }
      }
      for (int k = 0; k < width; k++) {
        product[k][i] = sum[k];
      }
    }
    return product;
  }

  /** Gram and Schmidt, each direction against those before it. */
  private static void orthonormalise(double[][] basis) {
    for (int k = 0; k < basis.length; k++) {
      for (int other = 0; other < k; other++) {
        double along = dot(basis[k], basis[other]);
        for (int i = 0; i < basis[k].length; i++) {
          basis[k][i] -= along * basis[other][i];
        }
      }
      double length = Math.sqrt(dot(basis[k], basis[k]));
      for (int i = 0; i < basis[k].length; i++) {
        basis[k][i] /= length;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** (vocabulary, width), row by row, each of the same length: frequent pieces are not longer. */
  private static float[] rows(double[][] basis) {
    int width = basis.length;
    int size = basis[0].length;
    float[] values = new float[size * width];
    for (int i = 0; i < size; i++) {
      double squares = 0;
      for (double[] direction : basis) {
        squares += direction[i] * direction[i];
      }
      double scale = squares == 0 ? 0 : DEVIATION * Math.sqrt(width / squares);
      for (int k = 0; k < width; k++) {
        values[i * width + k] = (float) (scale * basis[k][i]);
      }
    }
    return values;
  }
}
