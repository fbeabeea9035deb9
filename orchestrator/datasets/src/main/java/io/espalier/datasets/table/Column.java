package io.espalier.datasets.table;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the first rows show of a column.
 *
 * @param rows that have a value in it
 * @param distinct values
 * @param words of all values together
 * @param numbers how many of the values are numbers, or JSON's truth values
 * @param fractions how many of them are no whole numbers
 * @param arrays how many are JSON arrays of names, in a cell or as they are
 * @param separator that takes most values apart into names that repeat; empty where none does
 * @param first a value with its line, for a person
 */
record Column(
    String name,
    int rows,
    int distinct,
    long words,
    int numbers,
    int fractions,
    int arrays,
    Optional<String> separator,
    String first) {

  /** Commas are left out: they stand in texts too. */
  private static final List<String> SEPARATORS = List.of("|", ";");

  static Column of(String name, List<Row.Cells> rows) {
    Set<String> values = new HashSet<>();
    String first = "";
    int count = 0;
    int numbers = 0;
    int fractions = 0;
    int arrays = 0;
    long words = 0;
    for (Row.Cells row : rows) {
      Cell cell = row.cells().get(name);
      if (cell == null || cell.content().isBlank()) {
        continue;
      }
      if (cell.content().startsWith("[") && cell.content().endsWith("]")) {
        arrays++;
      }
      if (cell.kind() == Cell.Kind.NULL || cell.kind() == Cell.Kind.NESTED) {
        continue;
      }
      String value = cell.content().strip();
      count++;
      values.add(value);
      numbers += cell.kind() == Cell.Kind.SCALAR || isNumber(value) ? 1 : 0;
      fractions += value.matches("[-+]?\\d*[.]\\d*[1-9]\\d*") ? 1 : 0;
      words += value.split("\\s+", -1).length;
      if (first.isEmpty()) {
        first = "\"%s\" in line %d".formatted(Shown.cut(value, 40), row.line());
      }
    }
    Optional<String> separator =
        SEPARATORS.stream().filter(each -> separates(each, values)).findFirst();
    return new Column(
        name, count, values.size(), words, numbers, fractions, arrays, separator, first);
  }

  /** Whether it stands in several values, and what it takes apart repeats. */
  private static boolean separates(String separator, Set<String> values) {
    List<String> several = values.stream().filter(value -> value.contains(separator)).toList();
    Set<String> names = new HashSet<>();
    int pieces = 0;
    for (String value : values) {
      for (String piece : value.split(Pattern.quote(separator), -1)) {
        names.add(piece.strip());
        pieces++;
      }
    }
    return several.size() > 1 && 2 * names.size() <= pieces;
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

  /** Whether it holds arrays and nothing else. */
  boolean isOfArrays() {
    return arrays > 0 && arrays >= rows;
  }

  /** Numbers of which some are no whole ones: whole numbers are more often those of classes. */
  boolean isOfMeasures() {
    return fractions > 0 && numbers == rows;
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
