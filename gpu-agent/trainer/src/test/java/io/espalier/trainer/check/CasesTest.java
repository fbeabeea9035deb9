package io.espalier.trainer.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.models.json.StrictJson;
import io.espalier.trainer.Golden;
import io.espalier.trainer.Shared;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.node.ArrayNode;

class CasesTest {

  @TempDir Path temporary;

  @Test
  void allTokenizersGiveWhatTheReferenceStored() throws IOException {
    assertThat(Cases.run(Golden.folder("tokenizers"), Optional.empty()))
        .hasSize(8)
        .allSatisfy(report -> assertThat(printed(report)).contains("passed"));
  }

  @Test
  void noticesATokenThatIsOff() throws IOException {
    var folder = temporary.resolve("t5");
    Files.createDirectory(folder);
    for (var file : new String[] {"tokenizer.json", "tokenizer_config.json"})
      Files.copy(Golden.folder("tokenizers/t5_unigram").resolve(file), folder.resolve(file));
    var expected =
        StrictJson.object(Golden.folder("tokenizers/t5_unigram").resolve("expected.json"));
    ((ArrayNode) expected.get("single").get(1).get("ids")).set(2, 99);
    Files.writeString(folder.resolve("expected.json"), expected.toString());

    var report = printed(Cases.run(folder, Optional.empty()).getFirst());

    assertThat(report).contains("MISS   single ").contains("ok     pair").contains("FAILED");
  }

  @Test
  void imagesAreWithinOneGreyLevelOfTheReference() throws IOException {
    var report = printed(Cases.run(Golden.folder("preprocess"), Optional.empty()).getFirst());

    assertThat(report).contains("ok     clip", "ok     resnet", "ok     vit", "ok     rgb");
    assertThat(report).contains("passed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mobilenetv2-imagenet", "resnet20-cifar10"})
  void publishedWeightsGiveTheirReferenceOutputs(String model) throws IOException {
    var reports = Cases.run(Shared.folder("models").resolve(model), Optional.empty());

    assertThat(reports).hasSize(1);
    assertThat(printed(reports.getFirst())).contains("ok     out").contains("passed");
  }

  @Test
  void aFolderWithoutCasesIsRefusedByName() {
    var errors = new StringWriter();
    int exit =
        new CommandLine(new CheckCommand())
            .setErr(new PrintWriter(errors))
            .execute(temporary.toString());

    assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains(temporary + " holds no case", "case.json");
  }

  private static String printed(Report report) {
    var text = new StringWriter();
    report.print(new PrintWriter(text));
    return text.toString();
  }
}
