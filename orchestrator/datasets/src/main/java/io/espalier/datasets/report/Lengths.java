package io.espalier.datasets.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long texts are, in words: what stands between blanks, so that it does not depend on any
 * model's tokenizer.
 *
 * @param bars in ascending order, without gaps
 */
public record Lengths(int shortest, int median, int longest, List<Bar> bars) {

  /** Number of texts of {@code from} to {@code to} words, both included. */
  public record Bar(int from, int to, int texts) {}

  /**
   * The lengths of at least one text, in bars whose width doubles.
   *
   * @param words of each text
   */
  public static Lengths of(int[] words) {
    int[] sorted = words.clone();
    Arrays.sort(sorted);
    List<Bar> bars = new ArrayList<>();
    int at = 0;
    for (int from = 0, to = 4; at < sorted.length; from = to + 1, to = 2 * to) {
      int begin = at;
      while (at < sorted.length && sorted[at] <= to) {
        at++;
      }
      bars.add(new Bar(from, to, at - begin));
    }
    return new Lengths(
        sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1], List.copyOf(bars));
  }
}
