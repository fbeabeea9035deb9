package io.espalier.trainer.starter;

/**
 * Sine, cosine and angle from additions and multiplications only, good to 0.1 %: the JDK's own may
 * differ in the last bit from machine to machine, and drawn images must not.
 */
final class Wave {

  private Wave() {}

  /** Sine of an angle in turns. */
  static double sin(double turns) {
    double t = turns - Math.floor(turns + 0.5); // −½ … ½
    double parabola = 8 * t - 16 * t * Math.abs(t);
    return parabola * (0.775 + 0.225 * Math.abs(parabola));
  }

  /** Cosine of an angle in turns. */
  static double cos(double turns) {
    return sin(turns + 0.25);
  }

  /** The angle of (x, y) in turns from 0 to 1. */
  static double turns(double x, double y) {
    double ax = Math.abs(x);
    double ay = Math.abs(y);
    if (ax + ay == 0) {
      return 0;
    }
    double ratio = Math.min(ax, ay) / Math.max(ax, ay);
    double eighth = ratio * (0.125 + (1 - ratio) * (0.03895 + 0.01055 * ratio)); // arctan
    double quarter = ax >= ay ? eighth : 0.25 - eighth;
    double half = x >= 0 ? quarter : 0.5 - quarter;
    double turn = y >= 0 ? half : 1 - half;
    return turn >= 1 ? 0 : turn;
  }
}
