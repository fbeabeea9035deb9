package io.espalier.models.graph;

/** A square that slides over images: its side, how far it moves, and the border put around them. */
public record Window(int kernel, int stride, int padding) {

  /** (B, C, H, W) → the shape with as many places as the window has. */
  Shape over(Shape images) {
    return images
        .with(-2, images.get(-2).windows(kernel, stride, padding))
        .with(-1, images.get(-1).windows(kernel, stride, padding));
  }
}
