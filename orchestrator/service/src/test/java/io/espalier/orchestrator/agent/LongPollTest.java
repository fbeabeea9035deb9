package io.espalier.orchestrator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.Desired;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** An agent asks what to run, and the answer comes when there is one. */
class LongPollTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int SOON_SECONDS = 20;

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final SimulatedAgent oak = platform.agent("oak", 1);

  @Test
  void answersAtOnceWhenALeaseIsGranted() throws Exception {
    var answer = poll();
    platform.team().submit();
    platform.planning.tick();
    assertThat(answer.get(SOON_SECONDS, TimeUnit.SECONDS).leases()).hasSize(1);
  }

  @Test
  void answersWithWhatThereIsWhenThePlatformStops() throws Exception {
    var answer = poll();
    platform.changes.leaving(true);
    assertThat(answer.get(SOON_SECONDS, TimeUnit.SECONDS).leases()).isEmpty();
    assertThat(poll().get(SOON_SECONDS, TimeUnit.SECONDS).leases()).isEmpty();
  }

  /** A poll that waits by now, as far as a test can tell. */
  private CompletableFuture<Desired> poll() throws InterruptedException {
    long version = platform.agents.desired(oak.id, -1, Duration.ZERO).version();
    var answer =
        CompletableFuture.supplyAsync(() -> platform.agents.desired(oak.id, version, LONG));
    Thread.sleep(100);
    return answer;
  }
}
