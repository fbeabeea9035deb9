package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Columns as in the files of the CoNLL tasks: a word on each line, its tag in the last column,
 * texts apart by blank lines. Each text is a row of two arrays. Tjong Kim Sang and De Meulder 2003,
 * aclanthology.org/W03-0419.
 */
final class ConllRows implements RowReader {

  static final String TOKENS = "tokens";
  static final String TAGS = "tags";

  private static final JsonMapper JSON = new JsonMapper();
  private static final String DOCUMENT = "-DOCSTART-";

  private final Lines lines;
  private final String name;
  private final TableLimits limits;

  /** Reads {@code reader}, which is closed with this. */
  ConllRows(Reader reader, String name, TableLimits limits) {
    this.lines = new Lines(reader, limits.recordChars());
    this.name = name;
    this.limits = limits;
  }

  /** Whether a file that begins like this is one: words with tags, and blank lines between them. */
  static boolean looksLike(List<String> beginning) {
    boolean blank = false;
    int columns = 0, words = 0;
    for (String text : beginning) {
      if (text.isBlank()) {
        blank |= words > 0;
        continue;
      }
      if (text.startsWith(DOCUMENT) || text.startsWith("# ")) continue;
      String[] fields = fields(text);
      if (columns == 0) columns = fields.length;
      if (fields.length != columns || fields.length < 2) return false;
      words++;
    }
    return blank && words > 1;
  }

  private static String[] fields(String text) {
    return text.strip().split("[ \t]+", -1);
  }

  @Override
  public List<String> columns() {
    return List.of(TOKENS, TAGS);
  }

  @Override
  public @Nullable Row next() throws IOException {
    List<String> words = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    long begin = 0;
    long chars = 0;
    for (String text = line(); text != null; text = line()) {
      boolean ends = text.isBlank() || text.startsWith(DOCUMENT);
      if (ends && !words.isEmpty()) break;
      if (ends || text.startsWith("# ")) continue;
      if (words.isEmpty()) begin = lines.number();
      String[] fields = fields(text);
      chars += text.length();
      if (fields.length < 2 || chars > limits.recordChars()) return bad(fields.length, chars);
      words.add(fields[0]);
      tags.add(fields[fields.length - 1]);
    }
    if (words.isEmpty()) return null;
    Map<String, Cell> cells = new LinkedHashMap<>();
    cells.put(TOKENS, new Cell(Cell.Kind.NESTED, JSON.writeValueAsString(words)));
    cells.put(TAGS, new Cell(Cell.Kind.NESTED, JSON.writeValueAsString(tags)));
    return new Row.Cells(begin, cells);
  }

  /** The rest of the text is left out with the line. */
  private Row bad(int fields, long chars) throws IOException {
    long at = lines.number();
    for (String text = line(); text != null && !text.isBlank(); ) text = line();
    boolean longer = chars > limits.recordChars();
    return new Row.Bad(
        at,
        (longer ? Fault.ROW_TOO_LONG : Fault.ROW_FIELDS)
            .of(
                name + ":" + at,
                longer ? "%,d characters in a text".formatted(chars) : fields + " fields",
                longer ? "at most %,d".formatted(limits.recordChars()) : "a word and its tag",
                "Put a blank line between texts, and a tag behind each word; the text is left out"
                    + " until then."));
  }

  private @Nullable String line() throws IOException {
    Lines.Line next = lines.next();
    return next == null ? null : next.text();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
