package io.espalier.datasets.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.espalier.datasets.Golden;
import io.espalier.datasets.Split;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of the collection of bad input, each as its manifest asks. */
class BadTablesTest {

  private static final DataLayout.TextTable COLUMNS =
      new DataLayout.TextTable("text", null, "label");

  @ParameterizedTest
  @CsvSource({
    "csv/ok_control.csv, 3",
    "csv/bom.csv, 2",
    "csv/crlf_mixed.csv, 3",
    "csv/huge_field.csv, 2",
    "csv/formula.csv, 2",
    "csv/html_script.csv, 2"
  })
  void acceptsEveryRow(String file, int rows) throws IOException {
    try (TextTable table = open(file)) {
      assertThat(table.report().problems()).isEmpty();
      assertThat(table.report().blocking()).isEmpty();
      assertThat(samples(table)).hasSize(rows);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "csv/ragged.csv | row-fields data.csv:3, row-fields data.csv:4, row-text data.csv:5",
        "csv/empty_labels.csv | row-label data.csv:2, row-label data.csv:4",
        "jsonl/broken_line.jsonl | row-json data.jsonl:3",
        "jsonl/mixed.jsonl | row-key data.jsonl:3, row-json data.jsonl:4, row-value data.jsonl:5,"
            + " row-value data.jsonl:6, row-json data.jsonl:7",
        "jsonl/lone_surrogate.jsonl | row-value data.jsonl:1"
      })
  void namesTheLinesThatItLeavesOut(String file, String problems) throws IOException {
    try (TextTable table = open(file)) {
      assertThat(table.report().problems())
          .extracting(problem -> problem.code() + " " + problem.thing())
          .containsExactly(problems.split(", "));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "csv/invalid_utf8.csv, table-encoding, data.csv:2",
    "csv/nul.csv, table-encoding, data.csv:2",
    "csv/utf16.csv, table-encoding, table:1",
    "csv/unclosed_quote.csv, table-broken, data.csv",
    "csv/empty.csv, table-empty, table",
    "csv/no_label_column.csv, table-column, data.csv",
    "csv/duplicate_header.csv, table-broken, data.csv:1",
    "csv/numeric_nan.csv, table-column, data.csv",
    "jsonl/array_not_lines.jsonl, table-format, table",
    "jsonl/deep.jsonl, table-format, table",
    "jsonl/empty.jsonl, table-empty, table"
  })
  void refusesTheFile(String file, String code, String thing) {
    Problem problem =
        assertThatExceptionOfType(Refused.class).isThrownBy(() -> open(file)).actual().problem();

    assertThat(problem.code()).isEqualTo(code);
    assertThat(problem.thing()).isIn(thing, thing.replace("data.csv", "table"));
    assertThat(problem.value()).isNotBlank();
    assertThat(problem.limit()).isNotBlank();
    assertThat(problem.wayOut()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({
    "csv/header_only.csv, table-empty",
    "csv/one_class.csv, classes",
    "csv/empty_labels.csv, classes",
    "jsonl/lone_surrogate.jsonl, classes"
  })
  void readsWhatCannotBeLearnedAndBlocks(String file, String code) throws IOException {
    try (TextTable table = open(file)) {
      assertThat(table.report().blocking()).extracting(Problem::code).containsExactly(code);
    }
  }

  @Test
  void namesTheCellsThatAreNoTexts() throws IOException {
    TableSketch sketch =
        TableSketch.of(Golden.path("bad/csv/numeric_nan.csv"), TableLimits.DEFAULT);

    assertThat(sketch.layout()).isEmpty();
    assertThat(sketch.problems().getFirst().value())
        .contains("\"x1\" holds numbers, such as \"1\" in line 2");
  }

  @Test
  void hidesNothingOfAFieldWithMarkup() throws IOException {
    try (TextTable table = open("csv/html_script.csv")) {
      assertThat(samples(table)).extracting(TextSample::text).contains("<script>alert(1)</script>");
      assertThat(table.classes()).contains("<b>b</b>");
    }
  }

  private static TextTable open(String file) throws IOException {
    return TextTable.open(Golden.path("bad/" + file), COLUMNS);
  }

  private static List<TextSample> samples(TextTable table) throws IOException {
    List<TextSample> samples = new ArrayList<>();
    for (Split split : Split.values()) {
      samples.addAll(table.samples(split));
    }
    return samples;
  }
}
