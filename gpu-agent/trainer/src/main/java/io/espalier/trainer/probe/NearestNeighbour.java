package io.espalier.trainer.probe;

/** The simplest use of features: whoever is most alike names the class. */
public final class NearestNeighbour {

  private NearestNeighbour() {}

  /** Share of samples whose nearest other sample, by the angle, is of their class. */
  public static double accuracy(Features features) {
    return accuracy(features, features);
  }

  /**
   * The same for changed samples: row n of {@code changed} is sample n in another guise, and is
   * compared with all samples but n itself.
   */
  public static double accuracy(Features features, Features changed) {
    int width = features.width();
    Standardised space = new Standardised(features);
    float[] known = units(space.values(features), width);
    float[] asked = units(space.values(changed), width);
    int right = 0;
    for (int row = 0; row < changed.size(); row++) {
      if (features.label(nearest(known, asked, row, width)) == changed.label(row)) {
        right++;
      }
    }
    return right / (double) Math.max(1, changed.size());
  }

  private static int nearest(float[] known, float[] asked, int row, int width) {
    int nearest = row;
    double closest = Double.NEGATIVE_INFINITY;
    for (int other = 0; other < known.length / width; other++) {
      if (other == row) {
        continue;
      }
      float closeness = 0;
      for (int i = 0; i < width; i++) {
        closeness += asked[row * width + i] * known[other * width + i];
      }
      if (closeness > closest) {
        closest = closeness;
        nearest = other;
      }
    }
    return nearest;
  }

  private static float[] units(float[] values, int width) {
    for (int from = 0; from < values.length; from += width) {
      normalise(values, from, width);
    }
    return values;
  }

  private static void normalise(float[] values, int from, int width) {
    double squares = 0;
    for (int i = from; i < from + width; i++) {
      squares += values[i] * values[i];
    }
    float factor = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
    for (int i = from; i < from + width; i++) {
      values[i] *= factor;
    }
  }
}
