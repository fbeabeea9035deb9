package io.espalier.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Schedule;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopSettingsTest {

  @Test
  void seedsOfStepsAreApart() {
    var settings = new LoopSettings(Schedule.constant(1, 0, 9), new Looks(1, 1, 0), 1, 42);
    var seeds = IntStream.rangeClosed(1, 1000).mapToLong(settings::stepSeed).sorted().toArray();
    for (int i = 1; i < seeds.length; i++) assertThat(seeds[i] - seeds[i - 1]).isGreaterThan(1000);
    assertThat(seeds[0]).isNotNegative();
  }
}
