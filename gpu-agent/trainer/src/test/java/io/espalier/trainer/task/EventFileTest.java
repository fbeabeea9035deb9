package io.espalier.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class EventFileTest {

  @TempDir Path folder;

  @Test
  void eachEventIsOneLine() throws IOException {
    Path file = folder.resolve("events.jsonl");
    try (EventFile events = new EventFile(file, Clock.systemUTC())) {
      events.info("two\nlines");
      events.append(new TrainerEvent.Yielded(events.now(), 3));

      assertThat(Files.readAllLines(file)).hasSize(2);
    }
    assertThat(read(file, 0))
        .isInstanceOfSatisfying(
            TrainerEvent.Log.class, log -> assertThat(log.text()).isEqualTo("two\nlines"));
    assertThat(read(file, 1)).isInstanceOf(TrainerEvent.Yielded.class);
  }

  @Test
  void goesOnAfterTheLastWholeLine() throws IOException {
    Path file = folder.resolve("events.jsonl");
    try (EventFile events = new EventFile(file, Clock.systemUTC())) {
      events.info("first");
    }
    Files.writeString(file, Files.readString(file) + "{\"kind\":\"LOG\",\"lev");

    try (EventFile events = new EventFile(file, Clock.systemUTC())) {
      events.info("second");
    }

    assertThat(Files.readAllLines(file)).hasSize(2);
    assertThat(read(file, 1))
        .isInstanceOfSatisfying(
            TrainerEvent.Log.class, log -> assertThat(log.text()).isEqualTo("second"));
  }

  private static TrainerEvent read(Path file, int line) throws IOException {
    return JsonMapper.shared().readValue(Files.readAllLines(file).get(line), TrainerEvent.class);
  }
}
