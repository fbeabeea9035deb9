package io.espalier.models.family;

import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.Value;
import java.util.Map;

/** What families of images have in common. */
final class Images {

  /** Sides of images, where any will do. */
  static final Size HEIGHT = Size.symbol("H");

  static final Size WIDTH = Size.symbol("W");

  private static final long USUAL_SIDE = 224;

  private Images() {}

  /** Images of any size (B, channels, H, W), for a network of convolutions. */
  static Value pixels(GraphBuilder g, int channels) {
    return g.channelsLast(
        g.input("pixel_values", DType.F32, Network.B, Size.of(channels), HEIGHT, WIDTH));
  }

  static Map<String, Long> usualSample() {
    return usualSample(USUAL_SIDE);
  }

  static Map<String, Long> usualSample(long side) {
    return Map.of("B", 1L, "H", side, "W", side);
  }

  /** The one head that they all have. */
  static Head.Classification classification(Head head) {
    if (head instanceof Head.Classification classification) return classification;
    throw new IllegalArgumentException("a model of images has no " + head);
  }
}
