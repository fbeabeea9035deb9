package io.espalier.domain.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatchTest {

  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Instant START = Instant.EPOCH;

  @Test
  void regularLooksKeepTheBeginning() {
    var watch = Watch.from(START).look(at(5), LONGEST).look(at(25), LONGEST);
    assertThat(watch.upSince()).isEqualTo(START);
  }

  @Test
  void aGapBeginsAnew() {
    var watch = Watch.from(START).look(at(5), LONGEST).look(at(26), LONGEST);
    assertThat(watch.upSince()).isEqualTo(at(26));
    assertThat(watch.look(at(30), LONGEST).upSince()).isEqualTo(at(26));
  }

  @Test
  void anOutageBeforeTheFirstLookIsAGapToo() {
    assertThat(Watch.from(START).look(at(200), LONGEST).upSince()).isEqualTo(at(200));
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }
}
