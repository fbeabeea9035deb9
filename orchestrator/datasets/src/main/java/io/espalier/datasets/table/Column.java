package io.espalier.datasets.table;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the first rows show of a column.
 *
 * @param rows that have a value in it
 * @param distinct values
 * @param words of all values together
 * @param numbers how many of the values are numbers, or JSON's truth values
 * @param first a value with its line, for a person
 */
record Column(String name, int rows, int distinct, long words, int numbers, String first) {

  static Column of(String name, List<Row.Cells> rows) {
    Set<String> values = new HashSet<>();
    String first = "";
    int count = 0;
    int numbers = 0;
    long words = 0;
    for (Row.Cells row : rows) {
      Cell cell = row.cells().get(name);
      if (cell == null || cell.content().isBlank()) {
        continue;
      }
      if (cell.kind() == Cell.Kind.NULL || cell.kind() == Cell.Kind.NESTED) {
        continue;
      }
      String value = cell.content().strip();
      count++;
      values.add(value);
      numbers += cell.kind() == Cell.Kind.SCALAR || isNumber(value) ? 1 : 0;
      words += value.split("\\s+", -1).length;
      if (first.isEmpty()) {
        first = "\"%s\" in line %d".formatted(Shown.cut(value, 40), row.line());
      }
    }
    return new Column(name, count, values.size(), words, numbers, first);
  }

  /** NaN and infinities are what programs write into columns of numbers. */
  private static boolean isNumber(String value) {
    return value.matches("[-+]?(\\d+([.,]\\d*)?|[.,]\\d+)([eE][-+]?\\d{1,4})?")
        || Set.of("nan", "inf", "-inf", "infinity").contains(value.toLowerCase(Locale.ROOT));
  }

  /** Whether most of its values read like texts. */
  boolean readsLikeTexts() {
    return rows > 0 && 2 * numbers < rows;
  }

  /** Whether its values repeat, as classes do. */
  boolean repeats() {
    return distinct > 1 && 2 * distinct <= rows;
  }

  double wordsPerRow() {
    return rows == 0 ? 0 : (double) words / rows;
  }

  String description() {
    String kind = rows == 0 ? "nothing" : readsLikeTexts() ? "texts" : "numbers";
    return "\"%s\" holds %s%s"
        .formatted(Shown.brief(name), kind, first.isEmpty() ? "" : ", such as " + first);
  }
}
