package io.espalier.datasets.image;

import io.espalier.domain.problem.Problem;

/** What came of decoding an image. */
public sealed interface Decoded {

  /** Its pixels. */
  record Pixels(RgbImage image) implements Decoded {}

  /** No pixels; a matter of this image alone, the next one may be decoded. */
  record Broken(Problem problem) implements Decoded {}
}
