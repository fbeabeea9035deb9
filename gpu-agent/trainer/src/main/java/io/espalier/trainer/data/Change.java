package io.espalier.trainer.data;

/**
 * How an image is changed on its way into a batch.
 *
 * @param right by how many pixels it is moved; what comes in repeats the edge
 * @param down likewise
 * @param flipped whether left and right are exchanged
 */
record Change(int right, int down, boolean flipped) {

  static final Change NONE = new Change(0, 0, false);
  static final Change MIRRORED = new Change(0, 0, true);
}
