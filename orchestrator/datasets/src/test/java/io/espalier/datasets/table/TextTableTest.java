package io.espalier.datasets.table;

import static io.espalier.datasets.ZipBuilder.aZip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.espalier.datasets.Split;
import io.espalier.datasets.ZipBuilder;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.report.Lengths;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTableTest {

  private static final DataLayout.TextTable COLUMNS =
      new DataLayout.TextTable("text", null, "label");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {",", "\t", ";"})
  void readsSeparatedValuesWhateverTheSeparator(String separator) throws IOException {
    StringBuilder rows = new StringBuilder("label,text\n");
    for (int i = 0; i < 10; i++) {
      rows.append("c%d,\"text %d, \"\"quoted\"\"%n\"\n".formatted(i % 2, i));
    }

    try (TextTable table = open(rows.toString().replace(",", separator))) {
      assertThat(table.classes()).containsExactly("c0", "c1");
      assertThat(table.report().problems()).isEmpty();
      assertThat(table.samples(Split.TRAIN)).hasSize(6);
      assertThat(table.samples(Split.VALIDATION)).hasSize(2);
      assertThat(table.samples(Split.TEST))
          .hasSize(2)
          .allMatch(sample -> sample.text().contains("\"quoted\""));
      String ending = separator.equals("\t") ? "tsv" : "csv";
      assertThat(table.samples(Split.TRAIN).getFirst().name()).startsWith("data." + ending + ":");
    }
  }

  @Test
  void readsPairsFromJsonLines() throws IOException {
    StringBuilder rows = new StringBuilder("\uFEFF");
    for (int i = 0; i < 10; i++) {
      rows.append(
          "{\"a\": \"premise %d\", \"b\": \"höhle\", \"entails\": %s}\r\n"
              .formatted(i, i % 2 == 0));
    }
    var columns = new DataLayout.TextTable("a", "b", "entails");

    try (TextTable table = TextTable.open(file(rows.toString()), columns)) {
      assertThat(table.classes()).containsExactly("false", "true");
      TextSample sample = table.samples(Split.TEST).getFirst();
      assertThat(sample.secondText()).isEqualTo(Optional.of("höhle"));
      assertThat(sample.name()).matches("data\\.jsonl:\\d+");
      assertThat(table.report().preview().getFirst().secondText()).isEqualTo("höhle");
    }
  }

  @Test
  void readsOneTableForEachSplitOfAZip() throws IOException {
    ZipBuilder zip =
        aZip()
            .with("spam/README.md", "about")
            .with("spam/__MACOSX/._train.csv", "junk")
            .with("spam/sms-train.csv", rows(0, 20))
            .with("spam/sms-test.jsonl", "{\"label\": \"a\", \"text\": \"only a test\"}\n");

    try (TextTable table = TextTable.open(zip.in(folder), COLUMNS)) {
      assertThat(table.report().officialTest()).isTrue();
      assertThat(table.report().ignored()).isEqualTo(2);
      assertThat(table.samples(Split.TEST))
          .containsExactly(
              new TextSample(
                  "sms-test.jsonl:1", "only a test", Optional.empty(), new Wanted.OneClass("a")));
      assertThat(table.samples(Split.TRAIN)).allMatch(s -> s.name().startsWith("sms-train.csv:"));
    }
  }

  @Test
  void copiesOfTestTextsAreNotTrainedOn() throws IOException {
    String leaked = "a,number 4\nb,number 5\na,\"new, and only here\"\n";
    Path zip =
        aZip().with("train.csv", rows(0, 20)).with("test.csv", "label,text\n" + leaked).in(folder);

    try (TextTable table = TextTable.open(zip, COLUMNS)) {
      DatasetReport report = table.report();
      assertThat(report.copies().leakedTest()).isEqualTo(2);
      assertThat(report.copies().leaked())
          .containsExactlyInAnyOrder(
              List.of("train.csv:6", "test.csv:2"), List.of("train.csv:7", "test.csv:3"));
      assertThat(table.samples(Split.TRAIN))
          .extracting(TextSample::text)
          .doesNotContain("number 4");
      assertThat(report.count(Split.TEST)).isEqualTo(3);
      assertThat(report.count(Split.TRAIN) + report.count(Split.VALIDATION)).isEqualTo(18);
    }
  }

  @Test
  void rowsWithProblemsAreLeftOutAndNamedByLine() throws IOException {
    String rows = "label,text\na,one\n,two\na\n\"a\",\"over\ntwo lines\"\nb,\nb,five\n";

    try (TextTable table = open(rows)) {
      assertThat(table.report().problems())
          .extracting(problem -> problem.code() + " " + problem.thing())
          .containsExactly("row-label data.csv:3", "row-fields data.csv:4", "row-text data.csv:7");
      assertThat(table.report().problems()).allMatch(problem -> !problem.wayOut().isBlank());
      assertThat(table.report().problemCount()).isEqualTo(3);
    }
  }

  @Test
  void problemsAreCountedBeyondThoseThatAreShown() throws IOException {
    try (TextTable table = open(rows(0, 4) + "a\n".repeat(1_000))) {
      assertThat(table.report().problems()).hasSize(DatasetReport.MOST_SHOWN);
      assertThat(table.report().problemCount()).isEqualTo(1_000);
    }
  }

  @Test
  void reportsLengthsInWords() throws IOException {
    try (TextTable table = open("label,text\na,one\nb,one two  three four five\nb,one two\n")) {
      assertThat(table.report().lengths())
          .isEqualTo(
              new Lengths(1, 2, 5, List.of(new Lengths.Bar(0, 4, 2), new Lengths.Bar(5, 8, 1))));
    }
  }

  @Test
  void tablesOfAZipMustSayTheirSplit() throws IOException {
    Path zip = aZip().with("a.csv", rows(0, 4)).with("train.csv", rows(4, 8)).in(folder);

    assertThat(refusal(zip))
        .satisfies(problem -> {
          assertThat(problem.code()).isEqualTo("table-split");
          assertThat(problem.thing()).isEqualTo("a.csv");
        });
  }

  @Test
  void columnThatIsNotThereIsNamed() throws IOException {
    Problem problem = refusal(file("body,label\nx,a\n"));

    assertThat(problem.code()).isEqualTo("table-column");
    assertThat(problem.value()).isEqualTo("the columns body, label");
    assertThat(problem.limit()).isEqualTo("a column \"text\"");
  }

  @Test
  void labelsThatHardlyRepeatAreTheWrongColumn() throws IOException {
    StringBuilder rows = new StringBuilder("text,label\n");
    for (int i = 0; i < 30; i++) {
      rows.append("class,long text %d\n".formatted(i));
    }

    try (TextTable table = open(rows.toString())) {
      assertThat(table.report().blocking()).extracting(Problem::thing).containsExactly("label");
    }
  }

  @Test
  void everyLimitIsNamed() throws IOException {
    TableLimits limits = new TableLimits(3, 200, 20, 5, 100, 3, 2);
    String header = "text,label\n";

    assertThat(refusal(file(header + "a,1\n".repeat(4)), limits).value())
        .isEqualTo("more than 3 rows");
    assertThat(refusal(file(header + "a".repeat(300)), limits).limit()).isEqualTo("at most 200");
    assertThat(refusal(file("a,b,c,d\n"), limits).code()).isEqualTo("table-broken");
    assertThat(refusal(file(header + "\"" + "x".repeat(150)), limits).code())
        .isEqualTo("table-broken");
    String rows = header + "this text is longer than allowed,a\nb,longer\n";
    try (TextTable table = TextTable.open(file(rows), COLUMNS, limits)) {
      assertThat(table.report().problems())
          .extracting(Problem::limit)
          .containsExactly("at most 20", "at most 5");
    }
  }

  private TextTable open(String content) throws IOException {
    return TextTable.open(file(content), COLUMNS);
  }

  private Path file(String content) throws IOException {
    return Files.writeString(
        Files.createTempFile(folder, "upload", null), content, StandardCharsets.UTF_8);
  }

  private static String rows(int from, int to) {
    StringBuilder rows = new StringBuilder("label,text\n");
    for (int i = from; i < to; i++) {
      rows.append("%s,number %d\n".formatted(i % 2 == 0 ? "a" : "b", i));
    }
    return rows.toString();
  }

  private static Problem refusal(Path file) {
    return refusal(file, TableLimits.DEFAULT);
  }

  private static Problem refusal(Path file, TableLimits limits) {
    var refused =
        assertThatExceptionOfType(Refused.class)
            .isThrownBy(() -> TextTable.open(file, COLUMNS, limits).close())
            .actual();
    return refused.problem();
  }
}
