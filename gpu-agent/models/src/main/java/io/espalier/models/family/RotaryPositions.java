package io.espalier.models.family;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * How far pairs of features turn per place. Su et al. 2021, arXiv:2104.09864. Numbers are rounded
 * to 32 bits where the reference rounds them.
 *
 * @param frequencies in radians per place
 * @param scale of sines and cosines
 */
public record RotaryPositions(List<Double> frequencies, double scale) {

  public RotaryPositions {
    frequencies = List.copyOf(frequencies);
  }

  /** From {@code rope_parameters} as transformers 5 writes them, or the older keys. */
  static RotaryPositions of(ModelConfig config, int headSize, int positions) {
    var parameters =
        config.has("rope_parameters")
            ? config.part("rope_parameters")
            : config.has("rope_scaling") ? config.part("rope_scaling") : ModelConfig.empty();
    double theta =
        parameters.number("rope_theta", 1, 1e12, config.number("rope_theta", 1, 1e12, 10_000));
    if (config.number("partial_rotary_factor", 0, 1, 1) != 1
        || parameters.number("partial_rotary_factor", 0, 1, 1) != 1)
      throw config.wrong("partial_rotary_factor", "1");
    var type = parameters.text("rope_type", parameters.text("type", "default"));
    return switch (type) {
      // Up to the longest text that it was trained on, the dynamic kind changes nothing.
      case "default", "dynamic" -> plain(theta, headSize, inverse -> inverse);
      case "linear" -> {
        double factor = parameters.number("factor", 1, 1e6, 1);
        yield plain(theta, headSize, inverse -> inverse / factor);
      }
      case "llama3" -> llama3(parameters, theta, headSize);
      case "yarn" -> yarn(parameters, theta, headSize, positions);
      default -> throw parameters.wrong("rope_type", "default, linear, dynamic, llama3 or yarn");
    };
  }

  private static RotaryPositions plain(double theta, int headSize, DoubleUnaryOperator scaled) {
    var frequencies = new ArrayList<Double>();
    for (int i = 0; i < headSize; i += 2)
      frequencies.add((double) (float) scaled.applyAsDouble(inverse(theta, i, headSize)));
    return new RotaryPositions(frequencies, 1);
  }

  private static float inverse(double theta, int i, int headSize) {
    return 1f / power(theta, i, headSize);
  }

  private static float power(double theta, int i, int headSize) {
    return (float) Math.pow(theta, (float) i / headSize);
  }

  /** Slow turns are slowed further, fast ones kept. Grattafiori et al. 2024, arXiv:2407.21783. */
  private static RotaryPositions llama3(ModelConfig p, double theta, int headSize) {
    double factor = p.number("factor", 1, 1e6, 8);
    double low = p.number("low_freq_factor", 0, 1e6, 1);
    double high = p.number("high_freq_factor", 0, 1e6, 4);
    double original = p.integer("original_max_position_embeddings", 1, 100_000_000, 8192);
    if (high <= low) throw p.wrong("high_freq_factor", "more than low_freq_factor " + low);
    return plain(
        theta,
        headSize,
        inverse -> {
          double wave = 2 * Math.PI / inverse;
          if (wave > original / low) return inverse / factor;
          if (wave < original / high) return inverse;
          double smooth = (original / wave - low) / (high - low);
          return (1 - smooth) * inverse / factor + smooth * inverse;
        });
  }

  /** Peng et al. 2023, arXiv:2309.00071. */
  private static RotaryPositions yarn(ModelConfig p, double theta, int headSize, int positions) {
    double factor = p.number("factor", 1, 1e6, 1);
    int original = p.integer("original_max_position_embeddings", 1, 100_000_000, positions);
    double fast = p.number("beta_fast", 0, 1e6, 32), slow = p.number("beta_slow", 0, 1e6, 1);
    double from = Math.max(0, Math.floor(turning(fast, theta, headSize, original)));
    double to = Math.min(headSize - 1.0, Math.ceil(turning(slow, theta, headSize, original)));
    double width = to == from ? 0.001 : to - from;
    var frequencies = new ArrayList<Double>();
    for (int i = 0; i < headSize; i += 2) {
      double kept = 1 - Math.clamp((i / 2.0 - from) / width, 0.0, 1.0);
      double power = power(theta, i, headSize);
      frequencies.add((double) (float) (kept / power + (1 - kept) / (factor * power)));
    }
    double usual = factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
    return new RotaryPositions(frequencies, p.number("attention_factor", 0, 1e6, usual));
  }

  /** The pair of features that turns so many times over the original length. */
  private static double turning(double turns, double theta, int headSize, int original) {
    return headSize * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
  }
}
