package io.espalier.datasets.table;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.espalier.datasets.Fault;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of separated values after RFC 4180: a header, quotes doubled inside quotes, line ends of any
 * kind and inside quotes too. Blank lines are passed over.
 */
final class CsvRows implements RowReader {

  private final String name;
  private final CloseableIterator<CsvRecord> records;
  private final List<String> columns;
  private long line = 1;

  /**
   * Reads {@code reader}, which is closed with this.
   *
   * @param name of the file, for refusals
   */
  CsvRows(Reader reader, String name, char separator, TableLimits limits) {
    this.name = name;
    this.records =
        CsvReader.builder()
            .fieldSeparator(separator)
            .skipEmptyLines(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowExtraCharsAfterClosingQuote(false)
            .allowUnclosedQuote(false)
            .maxBufferSize(limits.recordChars())
            .build(
                CsvRecordHandler.of(handler ->
                    handler
                        .maxFields(limits.columns())
                        .maxFieldSize(limits.recordChars())
                        .maxRecordSize(limits.recordChars())),
                reader)
            .iterator();
    this.columns = header();
  }

  private List<String> header() {
    CsvRecord header = record();
    if (header == null) {
      throw new Refused(
          Fault.TABLE_EMPTY.of(
              name,
              "an empty file",
              "a header, and rows below it",
              "Export the table again, with the names of its columns in the first line."));
    }
    List<String> names = header.getFields().stream().map(String::strip).toList();
    Set<String> seen = new HashSet<>();
    for (String column : names) {
      if (!seen.add(column)) {
        throw new Refused(
            Fault.TABLE_BROKEN.of(
                name + ":" + header.getStartingLineNumber(),
                "two columns named \"" + Shown.brief(column) + "\"",
                "different names",
                "Rename or remove one of the two columns."));
      }
    }
    return names;
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public @Nullable Row next() {
    CsvRecord record = record();
    if (record == null) {
      return null;
    }
    if (record.getFieldCount() != columns.size()) {
      return new Row.Bad(
          record.getStartingLineNumber(),
          Fault.ROW_FIELDS.of(
              name + ":" + record.getStartingLineNumber(),
              record.getFieldCount() + " fields",
              columns.size() + " fields",
              "Put values with separators or line ends in double quotes; it is left out until then."));
    }
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      cells.put(columns.get(i), Cell.text(record.getField(i)));
    }
    return new Row.Cells(record.getStartingLineNumber(), cells);
  }

  private @Nullable CsvRecord record() {
    try {
      if (!records.hasNext()) {
        return null;
      }
      CsvRecord record = records.next();
      line = record.getStartingLineNumber();
      return record;
    } catch (CsvParseException e) {
      throw switch (e.getCause()) {
        case Refused refused -> refused;
        case null, default -> broken(e);
      };
    } catch (UncheckedIOException e) {
      throw broken(e);
    }
  }

  /** The parser tells causes apart by its words only, so they are shown. */
  private Refused broken(RuntimeException e) {
    Throwable told = e.getCause() == null ? e : e.getCause();
    return new Refused(
        Fault.TABLE_BROKEN.of(
            name,
            "after line %d: %s".formatted(line, told.getMessage()),
            "quotes that are closed and doubled inside, rows of a bounded size",
            "Look for a double quote that is not closed, near this line."),
        e);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
