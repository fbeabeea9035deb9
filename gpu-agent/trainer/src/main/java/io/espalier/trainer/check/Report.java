package io.espalier.trainer.check;

import io.espalier.models.weights.Tensor;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a comparison has found, group by group. */
final class Report {

  private static final class Group {
    final Quantity quantity;
    int compared;
    double largest;
    String where = "";
    long boundedOnly;

    Group(Quantity quantity) {
      this.quantity = quantity;
    }
  }

  private final String title;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final List<String> misses = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  Report(String title) {
    this.title = title;
  }

  /** One comparison of a group; not a number counts as infinitely far off. */
  void add(String group, Quantity quantity, String name, double difference) {
    var entry = groups.computeIfAbsent(group, _ -> new Group(quantity));
    double off = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    entry.compared++;
    if (off > entry.largest || entry.where.isEmpty()) {
      entry.largest = off;
      entry.where = name;
    }
  }

  /** Elements that rounding alone decides: they were held to a bound, not to the reference. */
  void boundedOnly(String group, Quantity quantity, long elements) {
    groups.computeIfAbsent(group, _ -> new Group(quantity)).boundedOnly += elements;
  }

  void compare(String group, Quantity quantity, String name, Tensor actual, Tensor expected) {
    if (!actual.shape().equals(expected.shape())) {
      miss(group + "/" + name + " has shape " + actual.shape() + ", not " + expected.shape());
      return;
    }
    add(group, quantity, name, largestDifference(numbers(actual), numbers(expected)));
  }

  /** Whole numbers, such as tokens and counts, as floats too: they are small. */
  static float[] numbers(Tensor tensor) {
    if (tensor.isFloating()) return tensor.floats();
    var whole = tensor.longs();
    var floats = new float[whole.length];
    for (int i = 0; i < floats.length; i++) floats[i] = whole[i];
    return floats;
  }

  /** Something that cannot be told as a difference, such as a tensor that one side lacks. */
  void miss(String what) {
    misses.add(what);
  }

  /** Something that is none of this trainer's business; it is told, and counts for nothing. */
  void leaveOut(String what) {
    leftOut.add(what);
  }

  boolean passed() {
    return misses.isEmpty()
        && groups.values().stream().allMatch(g -> g.largest <= g.quantity.tolerance());
  }

  void print(PrintWriter out) {
    out.println(title);
    groups.forEach((name, group) -> {
      boolean within = group.largest <= group.quantity.tolerance();
      out.printf(
          Locale.ROOT,
          "  %-6s %-12s %4d compared, largest difference %.1e, tolerance %.0e%s%s%n",
          within ? "ok" : "MISS",
          name,
          group.compared,
          group.largest,
          group.quantity.tolerance(),
          within ? "" : " at " + group.where,
          group.boundedOnly == 0
              ? ""
              : "; " + group.boundedOnly + " elements of rounding noise only bounded");
    });
    leftOut.forEach(what -> out.println("  --     " + what));
    misses.forEach(miss -> out.println("  MISS   " + miss));
    out.println(passed() ? "  passed" : "  FAILED");
    out.flush();
  }

  static double largestDifference(float[] actual, float[] expected) {
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      double off = Math.abs((double) actual[i] - expected[i]);
      if (!(off <= largest)) largest = off;
    }
    return largest;
  }
}
