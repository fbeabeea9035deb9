package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import java.io.IOException;
import java.io.Reader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One JSON object a line, read strictly: no key twice, nothing behind the object, bounded depth.
 * Lines stand alone, so a broken one is left out and the next one is read. Blank lines are passed
 * over.
 */
final class JsonRows implements RowReader {

  private static final int DEEPEST = 64;
  private static final int LONGEST_NUMBER = 40;

  private final Lines lines;
  private final String name;
  private final TableLimits limits;
  private final JsonMapper mapper;

  /**
   * Reads {@code reader}, which is closed with this.
   *
   * @param name of the file, for refusals
   */
  JsonRows(Reader reader, String name, TableLimits limits) {
    this.lines = new Lines(reader, limits.recordChars());
    this.name = name;
    this.limits = limits;
    this.mapper =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(LONGEST_NUMBER)
                            .maxStringLength(limits.recordChars())
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  @Override
  public List<String> columns() {
    return List.of();
  }

  @Override
  public @Nullable Row next() throws IOException {
    for (Lines.Line next = lines.next(); next != null; next = lines.next()) {
      if (next.cut()) {
        return bad(
            Fault.ROW_TOO_LONG,
            "more than %,d characters".formatted(limits.recordChars()),
            "at most %,d".formatted(limits.recordChars()),
            "Cut the text, or split it into several lines; it is left out until then.");
      }
      if (!next.text().isBlank()) {
        return row(next.text());
      }
    }
    return null;
  }

  private Row row(String text) {
    try {
      JsonNode node = mapper.readTree(text);
      if (!node.isObject()) {
        return notAnObject(Shown.brief(text));
      }
      if (node.size() > limits.columns()) {
        return notAnObject("%,d keys, more than %,d".formatted(node.size(), limits.columns()));
      }
      Map<String, Cell> cells = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> property : node.properties()) {
        cells.put(property.getKey(), cell(property.getValue()));
      }
      return new Row.Cells(lines.number(), cells);
    } catch (JacksonException e) {
      return notAnObject(Shown.brief(e.getOriginalMessage()));
    }
  }

  private static Cell cell(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> Cell.text(value.stringValue());
      case NUMBER, BOOLEAN -> new Cell(Cell.Kind.SCALAR, value.asString());
      case NULL -> new Cell(Cell.Kind.NULL, "null");
      case ARRAY, OBJECT, BINARY, MISSING, POJO -> new Cell(Cell.Kind.NESTED, value.toString());
    };
  }

  private Row.Bad notAnObject(String found) {
    return bad(
        Fault.ROW_JSON,
        found,
        "one object of strict JSON",
        "Write one object on this line, such as {\"text\": \"…\", \"label\": \"…\"};"
            + " it is left out until then.");
  }

  private Row.Bad bad(Fault fault, String found, String limit, String wayOut) {
    return new Row.Bad(lines.number(), fault.of(name + ":" + lines.number(), found, limit, wayOut));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
