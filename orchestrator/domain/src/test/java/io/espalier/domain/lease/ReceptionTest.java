package io.espalier.domain.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.TrainerEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceptionTest {

  private static final TrainerEvent STEP =
      new TrainerEvent.Progress(Instant.EPOCH, "training", 1, 10);
  private static final TrainerEvent LAST = new TrainerEvent.Yielded(Instant.EPOCH, 1);

  @Test
  void whatAnotherRunSaysIsStaleWhateverTheLease() {
    for (var state : LeaseState.values()) {
      assertThat(Reception.of(state, false, 0, 0, List.of(STEP))).isEqualTo(new Reception.Stale());
    }
  }

  @Test
  void aLostLeaseIsStaleForItsOwnRunToo() {
    assertThat(Reception.of(LeaseState.EXPIRED, true, 0, 0, List.of()))
        .isEqualTo(new Reception.Stale());
  }

  @Test
  void aRepeatedLastWordIsAnsweredWithTheEnd() {
    assertThat(Reception.of(LeaseState.RELEASED, true, 1, 0, List.of(LAST)))
        .isEqualTo(new Reception.Ended());
  }

  @Test
  void storesOnlyWhatIsNew() {
    assertThat(Reception.of(LeaseState.LIVE, true, 2, 1, List.of(STEP, STEP, LAST)))
        .isEqualTo(new Reception.News(List.of(STEP, LAST)));
  }

  @Test
  void storesNothingBehindAGapAndNothingTwice() {
    assertThat(Reception.of(LeaseState.LIVE, true, 2, 3, List.of(STEP)))
        .isEqualTo(new Reception.SignOfLife());
    assertThat(Reception.of(LeaseState.LIVE, true, 2, 1, List.of(STEP)))
        .isEqualTo(new Reception.SignOfLife());
  }

  @Test
  void nothingCountsAfterTheLastWord() {
    assertThat(Reception.of(LeaseState.LIVE, true, 0, 0, List.of(STEP, LAST, STEP)))
        .isEqualTo(new Reception.News(List.of(STEP, LAST)));
  }
}
