package io.espalier.trainer.metric;

import java.util.Arrays;
import java.util.List;

/** Tables of counts as lists. */
final class Confusion {

  private Confusion() {}

  static List<List<Integer>> rows(int[][] counts) {
    return Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList();
  }
}
