package io.espalier.domain.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GpuTimeTest {

  @Test
  void countsSlotsTimesTime() {
    assertThat(GpuTime.of(4, Duration.ofMinutes(15))).isEqualTo(GpuTime.ofHours(1));
  }

  @Test
  void readsAsSecondsAndThenAsHours() {
    assertThat(GpuTime.ofSeconds(42)).hasToString("42.0 GPU-s");
    assertThat(GpuTime.ofHours(1.25)).hasToString("1.25 GPU-h");
  }

  @Test
  void refusesToOverflow() {
    assertThatThrownBy(() -> new GpuTime(Long.MAX_VALUE).plus(new GpuTime(1)))
        .isInstanceOf(ArithmeticException.class);
  }
}
