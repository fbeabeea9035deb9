package io.espalier.simulation.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.budget.Posting;
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
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
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
  void findsAHelloThatLosesWhatWasBegunAfterIt() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              boolean isLate(Rows.Agent agent, long number) {
                return false;
              }
            },
        Settings.DEFAULT,
        "Two trainers run the same task",
        1490);
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
        postingOnly(posting -> posting.kind() == EntryKind.VOID ? null : posting),
        Settings.DEFAULT,
        "open hold");
  }

  @Test
  void findsAChargeForMoreThanTheLeaseLasted() {
    assertFound(
        postingOnly(posting ->
            posting.kind() == EntryKind.VOID
                ? new Posting(posting.slice(), EntryKind.SETTLE, posting.amount())
                : posting),
        Settings.DEFAULT,
        "billed for longer than it lasted");
  }

  @Test
  void findsAMovementThatOnlyOneAccountKnows() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              void post(Rows.Lease lease, List<Posting> postings) {
                super.post(lease, postings);
                var account = lease.task.job.team.account;
                account.balance =
                    account.balance.after(EntryKind.CREDIT, Amount.of(new GpuTime(1))).get();
              }
            },
        Settings.DEFAULT,
        "not the sums of its entries");
  }

  @Test
  void findsASlotThatIsLeftOccupied() {
    assertFound(
        (terms, fence, silence, clock, ids) ->
            new Store(terms, fence, silence, clock, ids) {
              @Override
              void post(Rows.Lease lease, List<Posting> postings) {
                super.post(lease, postings);
                if (!lease.isLive()) lease.slots.getFirst().lease = lease;
              }
            },
        Settings.DEFAULT,
        "disagree on whether it is live");
  }

  private static World.Stores postingOnly(UnaryOperator<@Nullable Posting> change) {
    return (terms, fence, silence, clock, ids) ->
        new Store(terms, fence, silence, clock, ids) {
          @Override
          void post(Rows.Lease lease, List<Posting> postings) {
            super.post(lease, postings.stream().map(change).filter(Objects::nonNull).toList());
          }
        };
  }

  private static void assertFound(World.Stores stores, Settings settings, String sentence) {
    assertFound(stores, settings, sentence, 1);
  }

  /** Some faults are rare: then a seed is named from which on the first is found soon. */
  private static void assertFound(
      World.Stores stores, Settings settings, String sentence, long firstSeed) {
    var violation =
        LongStream.range(firstSeed, firstSeed + SEEDS)
            .mapToObj(seed -> Seed.once(seed, stores, settings, new Seed.Tally()).violation())
            .filter(text -> text != null)
            .findFirst();
    assertThat(violation).isPresent();
    assertThat(violation.get()).contains("seed ").contains("event ").contains(sentence);
  }
}
