package io.espalier.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentOptionsTest {

  private static final Map<String, String> COMPLETE =
      Map.of(
          "ESPALIER_PLATFORM_URL", "http://platform:8080",
          "ESPALIER_AGENT_STATE", "/var/lib/espalier",
          "ESPALIER_TRAINER_COMMAND", "java -jar trainer.jar run");

  @Test
  void readsTheEnvironment() {
    var options = AgentOptions.parse(List.of(), COMPLETE);
    assertThat(options.platform()).isEqualTo(URI.create("http://platform:8080"));
    assertThat(options.state()).isEqualTo(Path.of("/var/lib/espalier"));
    assertThat(options.trainer()).containsExactly("java", "-jar", "trainer.jar", "run");
    assertThat(options.devices()).isEqualTo(new AgentOptions.Offer.Auto());
    assertThat(options.cacheBytes()).isEqualTo(20L << 30);
  }

  @Test
  void prefersTheCommandLineAndKeepsBlanksInATrainersPath() {
    var options =
        AgentOptions.parse(
            List.of("--platform", "https://other", "--devices", "cpu", "--", "/a b/java", "run"),
            COMPLETE);
    assertThat(options.platform()).isEqualTo(URI.create("https://other"));
    assertThat(options.devices()).isEqualTo(new AgentOptions.Offer.Processor(1));
    assertThat(options.trainer()).containsExactly("/a b/java", "run");
  }

  @Test
  void offersTheProcessorAsManySlots() {
    var options = AgentOptions.parse(List.of("--devices", "cpu:16"), COMPLETE);
    assertThat(options.devices()).isEqualTo(new AgentOptions.Offer.Processor(16));
  }

  @Test
  void saysWhichOptionIsMissingAndHowToGiveIt() {
    assertThatThrownBy(() -> AgentOptions.parse(List.of("--", "trainer"), Map.of()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("--platform")
        .hasMessageContaining("ESPALIER_PLATFORM_URL");
    assertThatThrownBy(
            () -> AgentOptions.parse(List.of("--platform", "http://p", "--state", "s"), Map.of()))
        .hasMessageContaining("ESPALIER_TRAINER_COMMAND");
  }

  @ParameterizedTest
  @CsvSource({
    "--platform, platform:8080",
    "--platform, ftp://platform",
    "--devices, tpu",
    "--devices, cpu:0",
    "--devices, cpu:many",
    "--cache-gib, -1",
    "--cache-gib, many",
    "--nonsense, 1"
  })
  void quotesWhatItCannotAccept(String option, String value) {
    assertThatThrownBy(() -> AgentOptions.parse(List.of(option, value), COMPLETE))
        .isInstanceOf(Refused.class)
        .hasMessageContaining(option);
  }
}
