package io.espalier.domain.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.agent.Reconciliation.Step;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.TaskSpec;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReconciliationTest {

  private static final UUID ONE = new UUID(0, 1);
  private static final UUID TWO = new UUID(0, 2);

  @Test
  void startsWhatIsDesiredAndNotHeld() {
    var lease = lease(ONE, 1, Wish.RUN);
    assertThat(Reconciliation.steps(desired(lease), Set.of(), Set.of()))
        .containsExactly(new Step.Start(lease));
  }

  @Test
  void doesNothingTwice() {
    var lease = lease(ONE, 1, Wish.RUN);
    assertThat(Reconciliation.steps(desired(lease), Set.of(key(ONE, 1)), Set.of()))
        .containsExactly(new Step.Tell(key(ONE, 1), Wish.RUN));
  }

  @Test
  void tellsTheWish() {
    assertThat(
            Reconciliation.steps(desired(lease(ONE, 1, Wish.YIELD)), Set.of(key(ONE, 1)), Set.of()))
        .containsExactly(new Step.Tell(key(ONE, 1), Wish.YIELD));
  }

  @Test
  void discardsWhatIsNoLongerDesired() {
    assertThat(Reconciliation.steps(desired(), Set.of(key(ONE, 1)), Set.of()))
        .containsExactly(new Step.Discard(key(ONE, 1)));
  }

  @Test
  void discardsAnOldEpochBeforeItStartsTheNew() {
    var lease = lease(ONE, 2, Wish.RUN);
    assertThat(Reconciliation.steps(desired(lease), Set.of(key(ONE, 1)), Set.of()))
        .containsExactly(new Step.Discard(key(ONE, 1)), new Step.Start(lease));
  }

  @Test
  void doesNotStartAgainWhatItHasEnded() {
    var late = desired(lease(ONE, 1, Wish.RUN), lease(TWO, 1, Wish.RUN));
    assertThat(Reconciliation.steps(late, Set.of(), Set.of(key(ONE, 1))))
        .containsExactly(new Step.Start(late.leases().get(1)));
  }

  private static LeaseKey key(UUID lease, long epoch) {
    return new LeaseKey(lease, epoch);
  }

  private static Desired desired(Desired.Lease... leases) {
    return new Desired(1, List.of(leases));
  }

  private static Desired.Lease lease(UUID id, long epoch, Wish wish) {
    var work = new TaskSpec.Profile(List.of(), 1, 1, 1);
    var task =
        new TaskSpec(
            new UUID(1, 0),
            new UUID(2, 0),
            "cpu",
            1,
            List.of(),
            new DataLayout.ImageFolder(),
            work);
    return new Desired.Lease(id, epoch, List.of(0), 1, wish, task);
  }
}
