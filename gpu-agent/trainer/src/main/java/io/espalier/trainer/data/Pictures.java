package io.espalier.trainer.data;

import io.espalier.datasets.image.RgbImage;
import java.util.List;

/** Where the pixels of a set's images come from, all of one size; any thread may ask. */
interface Pictures {

  int size();

  /**
   * An image that can be used.
   *
   * @param index its place, which is another one than was asked for where that image is broken
   */
  record Picture(int index, RgbImage image) {}

  /** The image of a place, or the next whole one of its class. */
  Picture whole(int index);

  /** The threads to ask with. */
  Workers workers();

  /** Images in memory. */
  record InMemory(List<RgbImage> images) implements Pictures {

    public InMemory {
      images = List.copyOf(images);
    }

    @Override
    public int size() {
      return images.size();
    }

    @Override
    public Picture whole(int index) {
      return new Picture(index, images.get(index));
    }

    @Override
    public Workers workers() {
      return Workers.NONE;
    }
  }
}
