package io.espalier.orchestrator.metronome;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.TestPlatform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;

class MetronomeTest {

  private static final int NODES = 4;
  private static final int STARTS = 4;

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final List<Beat> beats =
      List.of(
          new Beat("plan", Duration.ofHours(1), () -> {}),
          new Beat("expire-leases", Duration.ofHours(1), () -> {}));

  @Test
  void nodesThatStartAtOnceShareOneTriggerABeat() throws Exception {
    var together = new CyclicBarrier(NODES);
    try (var threads = Executors.newFixedThreadPool(NODES)) {
      for (int start = 0; start < STARTS; start++) {
        var nodes = new ArrayList<Callable<SchedulerFactoryBean>>();
        for (int node = 0; node < NODES; node++) nodes.add(() -> started(together));
        for (var node : threads.invokeAll(nodes)) node.get().destroy();
        assertThat(platform.count("qrtz_triggers")).isEqualTo(beats.size());
      }
    }
  }

  private SchedulerFactoryBean started(CyclicBarrier together) throws Exception {
    var metronome = Metronome.of(platform.credentials.planner(), beats);
    together.await();
    metronome.afterPropertiesSet();
    return metronome;
  }
}
