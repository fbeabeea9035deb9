package io.espalier.datasets.table;

import io.espalier.datasets.Fault;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A first look at a table, so that a person can say which columns are which.
 *
 * @param files that hold rows, in the order in which they are read
 * @param columns of the first file, in their order
 * @param rows its first rows, a value for each column, cut where they are long
 * @param layout what the columns seem to be, if that can be told
 * @param labels what each column would say as that of the labels
 * @param problems of the first rows, and why there is no layout
 */
public record TableSketch(
    List<String> files,
    List<String> columns,
    List<List<String>> rows,
    Optional<DataLayout.OfTexts> layout,
    Map<String, Labels> labels,
    List<Problem> problems) {

  private static final int ROWS_READ = 500;
  private static final int ROWS_SHOWN = 20;
  private static final int CHARS_SHOWN = 200;

  /**
   * Reads the beginning of an upload.
   *
   * @throws Refused when it is no table at all
   */
  public static TableSketch of(Path upload, TableLimits limits) throws IOException {
    try (TableFiles files = TableFiles.open(upload, limits)) {
      TableFile first = files.files().getFirst();
      Set<String> columns = new LinkedHashSet<>();
      List<Row.Cells> rows = new ArrayList<>();
      List<Problem> problems = new ArrayList<>();
      try (RowReader reader = first.rows()) {
        columns.addAll(reader.columns());
        for (int i = 0; i < ROWS_READ; i++) {
          switch (reader.next()) {
            case null -> i = ROWS_READ;
            case Row.Bad(_, Problem problem) -> problems.add(problem);
            case Row.Cells cells -> {
              rows.add(cells);
              columns.addAll(cells.cells().keySet());
            }
          }
        }
      }
      List<Column> read = columns.stream().map(name -> Column.of(name, rows)).toList();
      Optional<DataLayout.OfTexts> layout = ColumnGuess.of(read).map(guess -> guess);
      if (layout.isEmpty()) {
        problems.addFirst(cannotTell(first.name(), read));
      }
      return new TableSketch(
          files.files().stream().map(TableFile::name).toList(),
          List.copyOf(columns),
          shown(rows, columns),
          layout,
          labels(read),
          List.copyOf(problems.subList(0, Math.min(problems.size(), ROWS_SHOWN))));
    }
  }

  private static Map<String, Labels> labels(List<Column> columns) {
    Map<String, Labels> labels = new LinkedHashMap<>();
    columns.forEach(column -> labels.put(column.name(), ColumnGuess.labels(column)));
    return Collections.unmodifiableMap(labels);
  }

  private static List<List<String>> shown(List<Row.Cells> rows, Set<String> columns) {
    return rows.stream().limit(ROWS_SHOWN).map(row -> values(row.cells(), columns)).toList();
  }

  private static List<String> values(Map<String, Cell> cells, Set<String> columns) {
    return columns.stream()
        .map(column -> Optional.ofNullable(cells.get(column)).map(Cell::content).orElse(""))
        .map(value -> Shown.cut(value, CHARS_SHOWN))
        .toList();
  }

  private static Problem cannotTell(String file, List<Column> columns) {
    List<String> seen = columns.stream().map(Column::description).toList();
    return Fault.TABLE_COLUMNS.of(
        file,
        seen.isEmpty() ? "no rows" : Shown.cut(String.join("; ", seen), 500),
        "a column of texts, and one of class names that repeat",
        "Say which columns they are: the parameters text and label, secondText for pairs.");
  }
}
