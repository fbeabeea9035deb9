package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.List;
import java.util.Optional;

/** Reads a row as text and label, by the columns that a person has chosen. */
final class Labelled {

  private final String file;
  private final DataLayout.OfTexts layout;
  private final TableLimits limits;

  /**
   * Reads rows of one file.
   *
   * @param file its name, for refusals
   */
  Labelled(String file, DataLayout.OfTexts layout, TableLimits limits) {
    this.file = file;
    this.layout = layout;
    this.limits = limits;
  }

  /** What a row holds. */
  sealed interface Reading {
    /** A sample. */
    record Sample(TextSample sample) implements Reading {}

    /** Nothing that can be used. */
    record LeftOut(Problem problem) implements Reading {}
  }

  Reading read(Row row) {
    return switch (row) {
      case Row.Bad(_, Problem problem) -> new Reading.LeftOut(problem);
      case Row.Cells cells -> read(cells);
    };
  }

  private Reading read(Row.Cells row) {
    String place = file + ":" + row.line();
    try {
      return new Reading.Sample(
          switch (layout) {
            case DataLayout.TextTable columns -> labelled(place, row, columns);
            case DataLayout.TaggedTokens keys -> tagged(place, row, keys);
          });
    } catch (Refused refused) {
      return new Reading.LeftOut(refused.problem());
    }
  }

  private TextSample labelled(String place, Row.Cells row, DataLayout.TextTable columns) {
    String text = text(place, row, columns.text());
    String second = columns.secondText();
    Optional<String> secondText =
        second == null ? Optional.empty() : Optional.of(text(place, row, second));
    Wanted wanted =
        new LabelColumn(columns.label(), columns.labels(), limits)
            .read(place, cell(place, row, columns.label()));
    return new TextSample(place, text, secondText, wanted);
  }

  private String text(String place, Row.Cells row, String column) {
    Cell cell = cell(place, row, column);
    if (cell.kind() != Cell.Kind.TEXT) {
      throw refuse(
          Fault.ROW_VALUE,
          place,
          "%s in \"%s\"".formatted(cell.kind().words, Shown.brief(column)),
          "a text in quotes",
          "Write the text as a string; it is left out until then.");
    }
    String text = cell.content().strip();
    if (text.isEmpty()) {
      throw refuse(
          Fault.ROW_TEXT,
          place,
          "an empty \"%s\"".formatted(Shown.brief(column)),
          "at least one character",
          "Add the text, or remove the row; it is left out until then.");
    }
    requireShort(place, column, text, limits.textChars());
    int wrong = unusable(text);
    if (wrong >= 0) {
      throw refuse(
          Fault.ROW_VALUE,
          place,
          "U+%04X at character %d of \"%s\""
              .formatted((int) text.charAt(wrong), wrong + 1, Shown.brief(column)),
          "no NUL and no half of a surrogate pair",
          "Remove the character; the row is left out until then.");
    }
    return text;
  }

  /** Words and tags must be as many. */
  private TextSample tagged(String place, Row.Cells row, DataLayout.TaggedTokens keys) {
    List<String> words = array(place, row, keys.tokens());
    List<String> tags = array(place, row, keys.tags());
    if (words.isEmpty() || words.size() != tags.size())
      throw refuse(
          Fault.ROW_VALUE,
          place,
          "%,d words and %,d tags".formatted(words.size(), tags.size()),
          "as many tags as words, one at least",
          "Give each word its tag; the row is left out until then.");
    String text = String.join(" ", words);
    requireShort(place, keys.tokens(), text, limits.textChars());
    return new TextSample(place, text, Optional.empty(), new Wanted.Tags(words, tags));
  }

  private List<String> array(String place, Row.Cells row, String key) {
    return new LabelColumn(key, new Labels.SeveralClasses(null), limits)
        .array(place, cell(place, row, key));
  }

  private static Cell cell(String place, Row.Cells row, String column) {
    Cell cell = row.cells().get(column);
    if (cell == null) {
      throw refuse(
          Fault.ROW_KEY,
          place,
          "the keys " + Shown.brief(String.join(", ", row.cells().keySet())),
          "a key \"%s\"".formatted(Shown.brief(column)),
          "Add the key, or choose another column; the row is left out until then.");
    }
    return cell;
  }

  static void requireShort(String place, String column, String value, int most) {
    if (value.length() > most) {
      throw refuse(
          Fault.ROW_TOO_LONG,
          place,
          "%,d characters in \"%s\"".formatted(value.length(), Shown.brief(column)),
          "at most %,d".formatted(most),
          "Cut it, or split it into several rows; the row is left out until then.");
    }
  }

  /** The first character that no file or database can hold as text; -1 if there is none. */
  static int unusable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (c == 0 || (Character.isSurrogate(c) && !pair)) {
        return i;
      }
      i += pair ? 1 : 0;
    }
    return -1;
  }

  private static Refused refuse(
      Fault fault, String thing, String found, String limit, String wayOut) {
    return new Refused(fault.of(thing, found, limit, wayOut));
  }
}
