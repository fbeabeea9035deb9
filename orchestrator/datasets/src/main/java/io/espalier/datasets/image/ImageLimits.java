package io.espalier.datasets.image;

import java.time.Duration;

/**
 * What an image from outside may cost.
 *
 * @param pixels most pixels (width × height) that are decoded
 * @param side longest width or height
 * @param time longest time to decode one image, after which the decoder is killed
 */
public record ImageLimits(long pixels, int side, Duration time) {

  /** 24 million pixels, 16,384 a side, 10 seconds. */
  public static final ImageLimits DEFAULT =
      new ImageLimits(24_000_000, 16_384, Duration.ofSeconds(10));
}
