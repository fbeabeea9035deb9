package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import io.espalier.domain.data.Labels;
import io.espalier.domain.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a row's label as what its column says. */
record LabelColumn(String column, Labels labels, TableLimits limits) {

  /** Arrays in a cell were often written by Python, whose quotes are single. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

  Wanted read(String place, Cell cell) {
    return switch (labels) {
      case Labels.OneClass() -> new Wanted.OneClass(name(place, plain(place, cell)));
      case Labels.SeveralClasses(String separator) ->
          new Wanted.Several(
              List.copyOf(
                  new TreeSet<>(
                      separator == null
                          ? array(place, cell)
                          : separated(place, plain(place, cell), separator))));
      case Labels.Quantity() -> new Wanted.Quantity(number(place, plain(place, cell)));
    };
  }

  private String plain(String place, Cell cell) {
    if (cell.kind() != Cell.Kind.TEXT && cell.kind() != Cell.Kind.SCALAR)
      throw refuse(
          Fault.ROW_LABEL,
          place,
          "%s in \"%s\"".formatted(cell.kind().words, Shown.brief(column)),
          "the name of a class",
          "Write the class as a string or a number; the row is left out until then.");
    return cell.content().strip();
  }

  private String name(String place, String label) {
    if (label.isEmpty())
      throw refuse(
          Fault.ROW_LABEL,
          place,
          "an empty \"%s\"".formatted(Shown.brief(column)),
          "the name of a class",
          "Add the class, or remove the row; it is left out until then.");
    Labelled.requireShort(place, column, label, limits.labelChars());
    if (Labelled.unusable(label) >= 0 || label.chars().anyMatch(Character::isISOControl))
      throw refuse(
          Fault.ROW_VALUE,
          place,
          "a control character in \"%s\"".formatted(Shown.brief(column)),
          "printable names of classes",
          "Remove the character; the row is left out until then.");
    return label;
  }

  /** Nothing between two separators is no class: an empty cell has none at all. */
  private List<String> separated(String place, String labels, String separator) {
    List<String> names = new ArrayList<>();
    for (String label : labels.split(Pattern.quote(separator), -1))
      if (!label.isBlank()) names.add(name(place, label.strip()));
    return names;
  }

  /** A JSON array, or its text in a cell; an empty cell is an empty one. */
  List<String> array(String place, Cell cell) {
    List<String> names = new ArrayList<>();
    if (cell.kind() == Cell.Kind.TEXT && cell.content().isBlank()) return names;
    for (JsonNode value : elements(place, cell)) {
      if (!value.isValueNode() || value.isNull()) throw noArray(place, cell);
      names.add(name(place, value.asString().strip()));
    }
    return names;
  }

  private JsonNode elements(String place, Cell cell) {
    try {
      JsonNode node = JSON.readTree(cell.content());
      if (node.isArray()) return node;
    } catch (JacksonException notJson) {
      // told below
    }
    throw noArray(place, cell);
  }

  private Refused noArray(String place, Cell cell) {
    return refuse(
        Fault.ROW_LABEL,
        place,
        "\"%s\" in \"%s\"".formatted(Shown.cut(cell.content(), 40), Shown.brief(column)),
        "a JSON array of names, such as [\"a\", \"b\"]",
        "Write the classes as an array, or say what separates them; the row is left out until"
            + " then.");
  }

  private double number(String place, String text) {
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value) && Math.abs(value) <= Float.MAX_VALUE && isDecimal(text))
        return value;
    } catch (NumberFormatException none) {
      // told below
    }
    throw refuse(
        Fault.ROW_LABEL,
        place,
        "\"%s\" in \"%s\"".formatted(Shown.cut(text, 40), Shown.brief(column)),
        "a finite number with a decimal point",
        "Write the number plainly, or choose another column; the row is left out until then.");
  }

  /** Java also reads hexadecimal numbers, and those that end with the letter of their type. */
  private static boolean isDecimal(String text) {
    return text.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,4})?");
  }

  private static Refused refuse(
      Fault fault, String thing, String found, String limit, String wayOut) {
    return new Refused(fault.of(thing, found, limit, wayOut));
  }
}
