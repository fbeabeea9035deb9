package io.espalier.trainer.data;

import java.util.List;

/**
 * The scale on which numbers have mean 0 and deviation 1. A network learns on it, since prices in
 * thousands are as far from what a new head says as no rate of learning would bring it; its last
 * layer is then brought back to the numbers' own scale.
 */
public record Unit(double mean, double deviation) {

  /** The numbers as they are. */
  public static final Unit NONE = new Unit(0, 1);

  public static Unit of(List<Double> numbers) {
    double mean = numbers.stream().mapToDouble(n -> n).average().orElse(0);
    double variance =
        numbers.stream().mapToDouble(n -> (n - mean) * (n - mean)).average().orElse(0);
    return new Unit(mean, variance > 0 ? Math.sqrt(variance) : 1);
  }

  /** A number on this scale. */
  public double scaled(double number) {
    return (number - mean) / deviation;
  }

  /** What an answer on this scale says. */
  public double told(double answer) {
    return answer * deviation + mean;
  }
}
