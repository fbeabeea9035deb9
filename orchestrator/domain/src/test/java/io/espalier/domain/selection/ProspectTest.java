package io.espalier.domain.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.Prospect.Fit;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import org.junit.jupiter.api.Test;

class ProspectTest {

  private static final int BATCH = 64;
  private static final Prospect.Step STEP = new Prospect.Step(1e9, 2e9, new Bytes(1L << 30));

  @Test
  void withAmpleBudgetEveryProtocolRunsItsSteps() {
    var full = Prospect.of(Protocol.FULL, STEP, BATCH, room(GpuTime.ofHours(100), 8));

    assertThat(full.fit()).isEqualTo(Fit.WHOLE);
    assertThat(full.steps()).isEqualTo(full.wantedSteps()).isPositive();
    // 313 steps of 3 GFLOP at 10 GFLOP/s, and what validation and test cost.
    assertThat(full.cost().seconds()).isBetween(313 * 0.3, 313 * 0.3 * 1.2 + 20);
  }

  @Test
  void aSmallerBudgetCutsTheStepsAndThenRulesOut() {
    assertThat(Prospect.of(Protocol.FULL, STEP, BATCH, room(GpuTime.ofSeconds(80), 8)))
        .satisfies(cut -> {
          assertThat(cut.fit()).isEqualTo(Fit.CUT_SHORT);
          assertThat(cut.steps()).isBetween(1, cut.wantedSteps() - 1);
          assertThat(cut.cost()).isLessThanOrEqualTo(GpuTime.ofSeconds(80));
        });
    assertThat(Prospect.of(Protocol.FULL, STEP, BATCH, room(GpuTime.ofSeconds(20), 8)).fit())
        .isEqualTo(Fit.TOO_DEAR);
  }

  @Test
  void theProbeIsTheCheapestAndHasNoSteps() {
    var room = room(GpuTime.ofHours(100), 8);
    var probe = Prospect.of(Protocol.LINEAR_PROBE, STEP, BATCH, room);

    assertThat(probe.wantedSteps()).isZero();
    assertThat(probe.cost()).isLessThan(Prospect.of(Protocol.LORA, STEP, BATCH, room).cost());
  }

  @Test
  void whatNoSlotHasTheMemoryForDoesNotFit() {
    var step = new Prospect.Step(1e9, 2e9, new Bytes(9L << 30));

    assertThat(Prospect.of(Protocol.FULL, step, BATCH, room(GpuTime.ofHours(1), 8)).fit())
        .isEqualTo(Fit.TOO_LARGE);
    // Nobody knows the slots of agents that have not joined.
    assertThat(
            Prospect.of(
                    Protocol.FULL,
                    step,
                    BATCH,
                    new Prospect.Room(2000, 400, 600, 1e10, GpuTime.ofHours(1), null))
                .fit())
        .isEqualTo(Fit.WHOLE);
  }

  private static Prospect.Room room(GpuTime usable, int gibibytes) {
    return new Prospect.Room(2000, 400, 600, 1e10, usable, Bytes.ofMebibytes(1024L * gibibytes));
  }
}
