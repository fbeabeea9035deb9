package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.Reader;
import java.util.List;

/**
 * The grammar of a table, told from its beginning: an upload has lost its name's ending by the time
 * it is read.
 */
enum TableFormat {
  CSV("csv", ','),
  TSV("tsv", '\t'),
  /** What spreadsheets write where the comma is in the numbers. */
  SEMICOLONS("csv", ';'),
  JSONL("jsonl", '\n'),
  CONLL("conll", '\t');

  /** Enough for a header. */
  private static final int BEGINNING = 1 << 16;

  private final String ending;
  private final char separator;

  TableFormat(String ending, char separator) {
    this.ending = ending;
    this.separator = separator;
  }

  /** How files of this format are called. */
  String ending() {
    return ending;
  }

  /**
   * The format of a text.
   *
   * @param name of the file, for refusals
   */
  static TableFormat of(Reader reader, String name) throws IOException {
    char[] buffer = new char[BEGINNING];
    int length = 0;
    for (int read = 0; read >= 0 && length < buffer.length; length += read) {
      read = reader.read(buffer, length, buffer.length - length);
      if (read < 0) {
        break;
      }
    }
    String beginning = new String(buffer, 0, length).stripLeading();
    if (beginning.isEmpty()) {
      throw new Refused(
          Fault.TABLE_EMPTY.of(
              name,
              "no text in the file",
              "a header and rows, or a JSON object on each line",
              "Export the table again and compare the size of the file."));
    }
    return switch (beginning.charAt(0)) {
      case '{' -> JSONL;
      case '[' -> array(beginning, name);
      default -> isConll(beginning) ? CONLL : separated(beginning);
    };
  }

  /** The last line of the beginning may be cut. */
  private static boolean isConll(String beginning) {
    List<String> lines = beginning.lines().toList();
    return ConllRows.looksLike(
        beginning.length() < BEGINNING / 2 ? lines : lines.subList(0, lines.size() - 1));
  }

  private static TableFormat array(String beginning, String name) {
    String inside = beginning.substring(1).stripLeading();
    if (inside.isEmpty() || "{[]".indexOf(inside.charAt(0)) >= 0) {
      throw new Refused(
          Fault.TABLE_FORMAT.of(
              name,
              "a JSON array",
              "JSONL: one object on each line",
              "Write each object on a line of its own, for example with: jq -c '.[]' a.json"));
    }
    return separated(beginning);
  }

  /** The separator that the header has most of, outside of quotes. */
  private static TableFormat separated(String beginning) {
    int commas = 0;
    int tabs = 0;
    int semicolons = 0;
    boolean quoted = false;
    for (int i = 0; i < beginning.length(); i++) {
      char c = beginning.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted) {
        if (c == '\n' || c == '\r') {
          break;
        }
        commas += c == ',' ? 1 : 0;
        tabs += c == '\t' ? 1 : 0;
        semicolons += c == ';' ? 1 : 0;
      }
    }
    if (tabs > commas && tabs >= semicolons) {
      return TSV;
    }
    return semicolons > commas ? SEMICOLONS : CSV;
  }

  RowReader rows(Reader reader, String name, TableLimits limits) {
    return switch (this) {
      case CSV, TSV, SEMICOLONS -> new CsvRows(reader, name, separator, limits);
      case JSONL -> new JsonRows(reader, name, limits);
      case CONLL -> new ConllRows(reader, name, limits);
    };
  }
}
