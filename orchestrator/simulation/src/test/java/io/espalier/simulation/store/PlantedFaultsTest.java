package io.espalier.simulation.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.lease.Reception;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Events;
import io.espalier.simulation.Seed;
import io.espalier.simulation.cluster.Settings;
import io.espalier.simulation.cluster.World;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A checker that never complains proves nothing: each test plants one fault and sees it found. */
class PlantedFaultsTest {

  private static final int SEEDS = 100;

  @Test
  void findsAFenceThatGrantsAgainTooEarly() {
    var hasty = new Fence(Duration.ofSeconds(90), Duration.ofSeconds(91));
    assertFound(Store::new, Settings.DEFAULT.withFence(hasty), "Two trainers run the same task");
  }

  @Test
  void findsAPlatformThatDoesNotWaitForAgentsAfterItsOwnOutage() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              boolean isExpired(Instant renewedAt, Instant upSince) {
                return super.isExpired(renewedAt, Instant.EPOCH);
              }
            },
        Settings.DEFAULT,
        "although the platform had been back for only");
  }

  @Test
  void findsAReportThatIsTakenWhateverItsEpoch() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              Reception reception(Rows.Lease lease, boolean own, Events.OfLease batch) {
                return Reception.of(
                    lease.state == LeaseState.EXPIRED ? LeaseState.LIVE : lease.state,
                    true,
                    lease.nextSequence,
                    batch.firstSequence(),
                    batch.events());
              }
            },
        Settings.DEFAULT,
        "although it is over");
  }

  @Test
  void findsAReportThatIsStoredTwice() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              Reception reception(Rows.Lease lease, boolean own, Events.OfLease batch) {
                return Reception.of(lease.state, own, 0, 0, batch.events());
              }
            },
        Settings.DEFAULT,
        "stored as what the run did not say");
  }

  @Test
  void findsARestOfAHoldThatIsNotVoided() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              void post(Rows.Lease lease, EntryKind kind, GpuTime amount) {
                if (kind != EntryKind.VOID) super.post(lease, kind, amount);
              }
            },
        Settings.DEFAULT,
        "open hold");
  }

  @Test
  void findsAChargeForMoreThanTheLeaseLasted() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              void settle(Rows.Lease lease, GpuTime used) {
                super.settle(lease, lease.slice.held());
              }
            },
        Settings.DEFAULT,
        "billed for longer than it lasted");
  }

  @Test
  void findsAnAccountThatIsChangedWithoutAnEntry() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              void settle(Rows.Lease lease, GpuTime used) {
                super.settle(lease, used);
                lease.task.job.team.account.funded++;
              }
            },
        Settings.DEFAULT,
        "not the sums of its entries");
  }

  @Test
  void findsASlotThatIsLeftOccupied() {
    assertFound(Leaky::new, Settings.DEFAULT, "disagree on whether it is live");
  }

  /** Gives a slot back to a lease that has just left it. */
  private static final class Leaky extends Store {
    Leaky(Terms terms, Fence fence, Duration silence, Supplier<Instant> clock, Supplier<UUID> ids) {
      super(terms, fence, silence, clock, ids);
    }

    @Override
    void settle(Rows.Lease lease, GpuTime used) {
      super.settle(lease, used);
      if (!lease.isLive()) lease.slots.getFirst().lease = lease;
    }
  }

  private static void assertFound(World.Stores stores, Settings settings, String sentence) {
    var violation =
        LongStream.rangeClosed(1, SEEDS)
            .mapToObj(seed -> Seed.once(seed, stores, settings, new Seed.Tally()).violation())
            .filter(text -> text != null)
            .findFirst();
    assertThat(violation).isPresent();
    assertThat(violation.get()).contains("seed ").contains("event ").contains(sentence);
  }
}
