package io.espalier.domain.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class WireTest {

  private final JsonMapper json = JsonMapper.builder().build();
  private final Instant at = Instant.parse("2026-11-22T10:00:00Z");

  @Test
  void anEventComesBackAsItWasSent() {
    TrainerEvent sent =
        new TrainerEvent.Failed(
            at,
            FailureReason.DIVERGED,
            Problem.of(
                    "loss-not-finite", Category.DIVERGED, "loss", "Left the numbers.", "Lower it.")
                .found("NaN"));

    var text = json.writeValueAsString(sent);

    assertThat(text).contains("\"kind\":\"FAILED\"").contains("2026-11-22T10:00:00Z");
    assertThat(json.readValue(text, TrainerEvent.class)).isEqualTo(sent);
  }

  @Test
  void aListOfEventsNamesTheKindOfEach() {
    var sent =
        new Events.Request(
            List.of(
                new Events.OfLease(
                    UUID.randomUUID(),
                    3,
                    17,
                    List.of(
                        new TrainerEvent.Started(at, "libtorch 2.7.1", 0),
                        new TrainerEvent.Metrics(
                            at, 4, List.of(new TrainerEvent.Point("train/loss", 0.5)))))));

    assertThat(json.readValue(json.writeValueAsString(sent), Events.Request.class)).isEqualTo(sent);
  }

  @Test
  void ignoresFieldsThatALaterVersionAdds() {
    var text = "{\"kind\":\"YIELDED\",\"at\":\"2026-11-22T10:00:00Z\",\"step\":4,\"news\":1}";

    assertThat(json.readValue(text, TrainerEvent.class)).isEqualTo(new TrainerEvent.Yielded(at, 4));
  }

  @Test
  void refusesAKindThatItDoesNotKnow() {
    assertThatThrownBy(() -> json.readValue("{\"kind\":\"LATER\"}", TrainerEvent.class))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("LATER");
  }
}
