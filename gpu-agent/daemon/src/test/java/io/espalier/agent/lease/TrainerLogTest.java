package io.espalier.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerLogTest {

  @TempDir Path folder;

  @Test
  void removesWhatSteersATerminalAndKeepsTheText() {
    assertThat(TrainerLog.harmless("\u001b[1;31mloss\u001b[0m\t0.5 \u0007\u0008"))
        .isEqualTo("loss\t0.5 ");
  }

  @Test
  void removesWhatReordersText() {
    assertThat(TrainerLog.harmless("safe\u202Etxt.exe\u200B")).isEqualTo("safetxt.exe");
  }

  @Test
  void keepsLettersOfAllLanguages() {
    assertThat(TrainerLog.harmless("Größe 大小 размер")).isEqualTo("Größe 大小 размер");
  }

  @Test
  void quotesTheEndOfTheLog() throws IOException {
    String text =
        IntStream.range(0, 1_000).mapToObj(i -> "line " + i).collect(Collectors.joining("\n"));
    Path log = Files.writeString(folder.resolve("trainer.log"), text);
    assertThat(TrainerLog.lastWords(log).lines())
        .hasSize(15)
        .startsWith("line 985")
        .endsWith("line 999");
  }
}
