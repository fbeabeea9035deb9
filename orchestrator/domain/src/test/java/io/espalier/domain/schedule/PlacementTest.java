package io.espalier.domain.schedule;

import static io.espalier.domain.schedule.Scene.RED;
import static io.espalier.domain.schedule.Scene.aLease;
import static io.espalier.domain.schedule.Scene.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.schedule.Snapshot.Closed;
import io.espalier.domain.unit.Bytes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlacementTest {

  private final Scene scene = new Scene().team(RED);

  @Test
  void takesTheHostThatIsInUseBeforeOneThatIsWhole() {
    scene.host("ash", 8).host("oak", 8).runs(aLease(1, RED, "oak", 0)).waits(aTask(10, RED));

    assertThat(placed()).isEqualTo("oak 1");
  }

  @Test
  void takesTheFullestHostThatSuffices() {
    scene
        .host("ash", 8)
        .host("elm", 8)
        .host("oak", 8)
        .runs(
            aLease(1, RED, "ash", 0, 1, 2, 3),
            aLease(2, RED, "elm", 0, 1, 2, 3, 4),
            aLease(3, RED, "oak", 0, 1, 2, 3, 4, 5, 6))
        .waits(aTask(10, RED).gang(2));

    assertThat(placed()).isEqualTo("elm 6,7");
  }

  @Test
  void takesTheSmallestWholeHostThatSuffices() {
    scene.host("ash", 8).host("oak", 2).waits(aTask(10, RED).gang(2));

    assertThat(placed()).isEqualTo("oak 0,1");
  }

  @Test
  void putsASingleWhereItBreaksTheSmallestCell() {
    scene
        .host("oak", 8)
        .runs(aLease(1, RED, "oak", 4), aLease(2, RED, "oak", 6, 7))
        .waits(aTask(10, RED));

    assertThat(placed()).isEqualTo("oak 5");
  }

  @Test
  void givesAGangNeighboursAndLeavesTheLargerCellWhole() {
    scene.host("oak", 8).runs(aLease(1, RED, "oak", 1)).waits(aTask(10, RED).gang(2));

    assertThat(placed()).isEqualTo("oak 2,3");
  }

  @Test
  void givesAGangScatteredSlotsRatherThanNone() {
    scene
        .host("oak", 4)
        .runs(aLease(1, RED, "oak", 1), aLease(2, RED, "oak", 2))
        .waits(aTask(10, RED).gang(2));

    assertThat(placed()).isEqualTo("oak 0,3");
  }

  @Test
  void neverSplitsAGang() {
    scene.host("ash", 2).host("oak", 2).waits(aTask(10, RED).gang(3));

    assertThat(scene.plan().grants()).isEmpty();
  }

  @Test
  void obeysLabels() {
    scene
        .host("ash", 2)
        .host("oak", 2)
        .labelled("oak", "nvlink", "paris")
        .waits(aTask(10, RED).on("nvlink"));

    assertThat(placed()).isEqualTo("oak 0");
  }

  @Test
  void leavesOutClosedSlotsAndHostsThatHardwareFailedOn() {
    scene
        .host("ash", 1)
        .host("elm", 4)
        .closed("elm", 0, Closed.DISABLED)
        .closed("elm", 1, Closed.QUARANTINED)
        .closed("elm", 2, Closed.ABSENT)
        .waits(aTask(10, RED).avoiding("ash"));

    assertThat(placed()).isEqualTo("elm 3");
  }

  @Test
  void aHostThatFailedATaskIsBetterThanNone() {
    scene
        .host("ash", 4)
        .closed("ash", 0, Closed.QUARANTINED)
        .host("elm", 1)
        .draining("elm")
        .waits(aTask(10, RED).avoiding("ash"));

    assertThat(placed()).isEqualTo("ash 1");
  }

  @Test
  void givesASliceToWhatFitsIntoItAndNeverToAGang() {
    scene
        .host("ash", 4)
        .sliced("ash", SlotKind.MIG_SLICE, new Bytes(18L << 30))
        .waits(aTask(10, RED).gang(2), aTask(11, RED).with(new Bytes(40L << 30)), aTask(12, RED));

    assertThat(placed()).isEqualTo("ash 0");
    assertThat(scene.plan().waits())
        .extracting(Plan.Wait::reason)
        .containsOnly(WaitingReason.NO_FITTING_SLOT);
  }

  @Test
  void startsNothingThatAMaintenanceWouldCutShortSoon() {
    scene
        .host("oak", 2)
        .maintenance("oak", Duration.ofMinutes(5), Duration.ofHours(1))
        .waits(
            aTask(10, RED).lasting(Duration.ofHours(2)),
            aTask(11, RED).lasting(Duration.ofMinutes(3)));

    assertThat(placed()).isEqualTo("oak 0");
    assertThat(scene.plan().waits().getFirst().reason()).isEqualTo(WaitingReason.MAINTENANCE);
  }

  /** The host and the slots of the only grant. */
  private String placed() {
    var grants = scene.plan().grants();
    assertThat(grants).hasSize(1);
    var slots = grants.getFirst().slots().stream().map(slot -> "" + slot.index()).toList();
    return grants.getFirst().host().name() + " " + String.join(",", slots);
  }
}
