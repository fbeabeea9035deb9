package io.espalier.datasets.gate;

import static io.espalier.datasets.ZipBuilder.aZip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.espalier.datasets.Golden;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectionTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "text,label | text | - | label",
        "Label,Sentence | Sentence | - | Label",
        "id,review,sentiment | review | - | sentiment",
        "idx,premise,hypothesis,label | premise | hypothesis | label",
        "sentence2,label,sentence1 | sentence1 | sentence2 | label",
        "a,b | b | - | a",
      })
  void guessesColumnsByTheirNamesAndContents(
      String header, String text, String second, String label) throws IOException {
    var rows = new StringBuilder(header + "\n");
    var columns = header.split(",", -1);
    for (int i = 0; i < 12; i++) {
      for (int column = 0; column < columns.length; column++) {
        rows.append(column == 0 ? "" : ",").append(value(columns[column], i));
      }
      rows.append('\n');
    }
    var file = Files.writeString(folder.resolve("table"), rows);

    assertThat(DatasetGate.standard().inspect(file).layout())
        .isEqualTo(new DataLayout.TextTable(text, second, label));
  }

  private static String value(String column, int row) {
    return switch (column) {
      case "id", "idx" -> String.valueOf(row);
      case "label", "Label", "sentiment", "a" -> row % 2 == 0 ? "good" : "bad";
      default -> "some words of row " + row;
    };
  }

  @Test
  void showsTheFilesOfAZipAndItsFirstRows() throws IOException {
    var zip =
        aZip()
            .with("test.jsonl", "{\"text\": \"three\", \"label\": 1}\n")
            .with("train.jsonl", "{\"text\": \"one\", \"label\": 0}\n{\"text\": \"two\"}\n")
            .in(folder);

    var inspection = DatasetGate.standard().inspect(zip);

    assertThat(inspection.files()).containsExactly("train.jsonl", "test.jsonl");
    assertThat(inspection.columns()).containsExactly("text", "label");
    assertThat(inspection.rows().getFirst()).containsExactly("one", "0");
    assertThat(inspection.rows().getLast()).containsExactly("two", "");
    assertThat(inspection.layout()).isEqualTo(new DataLayout.TextTable("text", null, "label"));
  }

  @Test
  void imagesAreTheDataAndATableBesideThemDescribesThem() throws IOException {
    var image = Golden.bytes("bad/image/ok_rgb.png");
    var zip = aZip().with("metadata.csv", "file,author\n").with("cat/1.png", image).in(folder);

    assertThat(DatasetGate.standard().inspect(zip).layout())
        .isEqualTo(new DataLayout.ImageFolder());
  }

  @Test
  void saysWhyThereIsNoGuess() throws IOException {
    var file = Files.writeString(folder.resolve("table"), "x,y\n1,2\n3,4\n");

    var inspection = DatasetGate.standard().inspect(file);

    assertThat(inspection.layout()).isNull();
    assertThat(inspection.problems().getFirst().code()).isEqualTo("table-columns");
    assertThat(inspection.problems().getFirst().wayOut()).contains("text").contains("label");
  }

  @Test
  void refusesOtherFormatsByTheirName() throws IOException {
    var parquet = Files.writeString(folder.resolve("table"), "PAR1 and more");

    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> DatasetGate.standard().inspect(parquet))
        .satisfies(refused -> assertThat(refused.problem().value()).isEqualTo("a Parquet file"));
  }
}
