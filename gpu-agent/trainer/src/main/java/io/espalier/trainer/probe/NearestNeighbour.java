package io.espalier.trainer.probe;

/** The simplest use of features: whoever is most alike names the class. */
public final class NearestNeighbour {

  private NearestNeighbour() {}

  /** Share of samples whose nearest other sample, by the angle, is of their class. */
  public static double accuracy(Features features) {
    int width = features.width();
    float[] units = new Standardised(features).values();
    for (int row = 0; row < features.size(); row++) {
      normalise(units, row * width, width);
    }
    int right = 0;
    for (int row = 0; row < features.size(); row++) {
      if (features.label(nearest(units, row, width)) == features.label(row)) {
        right++;
      }
    }
    return right / (double) Math.max(1, features.size());
  }

  private static int nearest(float[] units, int row, int width) {
    int nearest = row;
    double closest = Double.NEGATIVE_INFINITY;
    for (int other = 0; other < units.length / width; other++) {
      if (other == row) {
        continue;
      }
      float closeness = 0;
      for (int i = 0; i < width; i++) {
        closeness += units[row * width + i] * units[other * width + i];
      }
      if (closeness > closest) {
        closest = closeness;
        nearest = other;
      }
    }
    return nearest;
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
