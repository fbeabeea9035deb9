package io.espalier.datasets.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.datasets.Split;
import io.espalier.datasets.gate.DatasetGate;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels that are no single classes: how they are guessed, and how they are read. */
class LabelKindsTest {

  private static final Labels ARRAYS = new Labels.SeveralClasses(null);

  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("data"), content);
  }

  private DataLayout guess(String content) throws IOException {
    return DatasetGate.standard().inspect(file(content)).layout();
  }

  @Test
  void numbersWithFractionsAreToldAndWholeOnesAreClasses() throws IOException {
    assertThat(guess("text,score\none two,1.5\nthree four,2\nfive six,0.25\n"))
        .isEqualTo(new DataLayout.TextTable("text", null, "score", new Labels.Quantity()));
    assertThat(guess("text,score\none two,1\nthree four,2\nfive six,1.0\n"))
        .isEqualTo(new DataLayout.TextTable("text", null, "score"));
  }

  @Test
  void arraysAndSeparatedNamesAreSeveralClasses() throws IOException {
    assertThat(guess("{\"text\": \"one two\", \"labels\": [\"a\", \"b\"]}\n"))
        .isEqualTo(new DataLayout.TextTable("text", null, "labels", ARRAYS));
    assertThat(guess("text,labels\none two,\"['a', 'b']\"\nthree four,[]\n"))
        .isEqualTo(new DataLayout.TextTable("text", null, "labels", ARRAYS));
    assertThat(guess("text,labels\none two,a|b\nthree four,b\nfive six,a|c\nseven,c|b\n"))
        .isEqualTo(
            new DataLayout.TextTable("text", null, "labels", new Labels.SeveralClasses("|")));
  }

  @Test
  void wordsAndTagsAreFoundInJsonAndInColumns() throws IOException {
    assertThat(guess("{\"tokens\": [\"In\", \"Rome\"], \"ner_tags\": [\"O\", \"B-LOC\"]}\n"))
        .isEqualTo(new DataLayout.TaggedTokens("tokens", "ner_tags"));
    assertThat(guess("-DOCSTART- -X- O\n\nIn IN O\nRome NNP B-LOC\n\nYes UH O\n"))
        .isEqualTo(new DataLayout.TaggedTokens("tokens", "tags"));
  }

  @Test
  void anArrayOfLabelsIsRead() throws IOException {
    var rows = new StringBuilder();
    for (int row = 0; row < 20; row++)
      rows.append(
          "{\"text\": \"row %d\", \"labels\": [%s]}\n"
              .formatted(row, row % 2 == 0 ? "\"b\", \"a\"" : row % 3 == 0 ? "" : "\"b\""));
    try (var table = TextTable.open(file(rows.toString()), layout(ARRAYS))) {
      assertThat(table.report().blocking()).isEmpty();
      assertThat(table.classes()).containsExactly("a", "b");
      assertThat(table.all()).hasSize(20);
      assertThat(table.all().stream().filter(one -> one.text().equals("row 2")).findFirst())
          .hasValueSatisfying(one -> assertThat(one.wanted().classes()).containsExactly("a", "b"));
      assertThat(table.samples(Split.TEST)).hasSizeBetween(3, 5);
    }
  }

  @Test
  void whatIsNoNumberIsLeftOutAndSaid() throws IOException {
    var content = "text,labels\none,1.5\ntwo,many\nthree,NaN\nfour,1e400\nfive,2\nsix,0x10\n";
    try (var table = TextTable.open(file(content), layout(new Labels.Quantity()))) {
      assertThat(table.all()).extracting(TextSample::label).containsExactlyInAnyOrder("1.5", "2.0");
      assertThat(table.report().problemCount()).isEqualTo(4);
      assertThat(table.report().problems().getFirst().sentence()).contains("many");
      assertThat(table.classes()).containsExactly("labels");
    }
  }

  @Test
  void oneNumberIsNothingToLearn() throws IOException {
    try (var table =
        TextTable.open(file("text,labels\na,1\nb,1\n"), layout(new Labels.Quantity()))) {
      assertThat(table.report().blocking().getFirst().code()).isEqualTo("numbers");
    }
  }

  @Test
  void aTextWithoutATagForEachWordIsLeftOut() throws IOException {
    var content =
        """
        {"tokens": ["In", "Rome"], "tags": ["O", "B-LOC"]}
        {"tokens": ["In", "Rome"], "tags": ["O"]}
        {"tokens": [], "tags": []}
        {"tokens": ["Yes"], "tags": ["O"]}
        """;
    try (var table = TextTable.open(file(content), new DataLayout.TaggedTokens("tokens", "tags"))) {
      assertThat(table.all())
          .extracting(TextSample::text)
          .containsExactlyInAnyOrder("In Rome", "Yes");
      assertThat(table.classes()).containsExactly("B-LOC", "O");
      assertThat(table.report().problemCount()).isEqualTo(2);
    }
  }

  @Test
  void columnsOfWordsAreReadTextByText() throws IOException {
    var content = "# id 1\nIn\tO\nRome\tB-LOC\n\n\nYes\tO\nbroken\n\nNo\tO\n";
    var layout = new DataLayout.TaggedTokens("tokens", "tags");
    try (var table = TextTable.open(file(content.replace("broken\n", "")), layout)) {
      assertThat(table.all())
          .extracting(TextSample::text)
          .containsExactlyInAnyOrder("In Rome", "Yes", "No");
      assertThat(table.all()).extracting(TextSample::name).contains("data.conll:2");
    }
  }

  private static DataLayout.OfTexts layout(Labels labels) {
    return new DataLayout.TextTable("text", null, "labels", labels);
  }
}
