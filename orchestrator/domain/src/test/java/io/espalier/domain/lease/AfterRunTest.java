package io.espalier.domain.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.TrainerEvent;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AfterRunTest {

  private static final TrainerEvent TRAINED =
      new TrainerEvent.Trained(Instant.EPOCH, 10, 8, 0.9, List.of());
  private static final TrainerEvent YIELDED = new TrainerEvent.Yielded(Instant.EPOCH, 8);
  private static final Problem PROBLEM =
      Problem.of("test", Category.INTERNAL, "trainer", "It went wrong.", "Try again.");

  @Test
  void anAnswerToTheQuestionIsDone() {
    assertThat(AfterRun.said(running(TaskKind.TRAIN), TRAINED, true))
        .isEqualTo(new AfterRun.Done(TRAINED));
  }

  @Test
  void anAnswerToAnotherQuestionIsThePlatformsFault() {
    assertThat(AfterRun.said(running(TaskKind.EVALUATE), TRAINED, true))
        .isInstanceOfSatisfying(
            AfterRun.GiveUp.class,
            end -> assertThat(end.reason()).isEqualTo(FailureReason.PLATFORM));
  }

  @Test
  void nothingFollowsOnceTheJobHasEnded() {
    var cancelled = run(JobState.CANCELLED, TaskKind.TRAIN, 0, 32, null, Wish.STOP, null);

    assertThat(AfterRun.said(cancelled, TRAINED, true)).isEqualTo(new AfterRun.Unwanted());
    assertThat(AfterRun.lost(cancelled, "gone")).isEqualTo(new AfterRun.Unwanted());
  }

  @Test
  void whoWasAskedToYieldRestsForThatReasonHoweverItLeft() {
    var asked = asked(PauseReason.BUDGET);
    var rest = new AfterRun.Requeue("yielded at step 8", true, 2, null, false, PauseReason.BUDGET);

    assertThat(AfterRun.said(asked, YIELDED, true)).isEqualTo(rest);
    assertThat(AfterRun.lost(asked, "gone"))
        .isEqualTo(new AfterRun.Requeue("gone", false, 2, null, false, PauseReason.BUDGET));
    assertThat(AfterRun.said(asked, failed(FailureReason.OUT_OF_MEMORY), true))
        .isInstanceOfSatisfying(
            AfterRun.Requeue.class,
            again -> assertThat(again.pause()).isEqualTo(PauseReason.BUDGET));
  }

  @Test
  void whoWasResumedWhileItLeftGoesOnAtOnce() {
    assertThat(AfterRun.said(asked(null), YIELDED, true))
        .isEqualTo(new AfterRun.Requeue("yielded at step 8", true, 2, null, false, null));
  }

  @Test
  void whoYieldsUnaskedIsTriedAgainAndPaysForWhatItSaved() {
    assertThat(AfterRun.said(running(TaskKind.TRAIN), YIELDED, true))
        .isEqualTo(new AfterRun.Requeue("yielded at step 8", true, 1, null, false, null));
  }

  @Test
  void aLossIsTriedAgainUnbilledUntilThereAreTooManyInARow() {
    for (int before = 0; before < AfterRun.MOST_LOSSES - 1; before++) {
      assertThat(AfterRun.lost(lostBefore(before), "gone"))
          .isEqualTo(new AfterRun.Requeue("gone", false, before + 1, null, false, null));
    }
    assertThat(AfterRun.lost(lostBefore(AfterRun.MOST_LOSSES - 1), "it died"))
        .isInstanceOfSatisfying(
            AfterRun.GiveUp.class,
            end -> {
              assertThat(end.reason()).isEqualTo(FailureReason.LOST);
              assertThat(end.problem().sentence()).contains("it died", "Found: 5. Limit: 4.");
            });
    assertThat(AfterRun.said(lostBefore(0), failed(FailureReason.LOST), true))
        .isEqualTo(new AfterRun.Requeue("It went wrong.", false, 1, null, false, null));
  }

  @Test
  void outOfMemoryHalvesWhatIsComputedAtOnceUntilThereIsOneSample() {
    var run = running(TaskKind.TRAIN);
    int times = 0;
    while (AfterRun.said(run, failed(FailureReason.OUT_OF_MEMORY), true)
        instanceof AfterRun.Requeue again) {
      assertThat(again.losses()).as("no loss").isZero();
      assertThat(again.billed()).isTrue();
      assertThat(again.microBatch()).isEqualTo(32 >> ++times);
      run = run(JobState.TRAINING, TaskKind.TRAIN, 0, 32, again.microBatch(), Wish.RUN, null);
    }
    assertThat(times).isEqualTo(5);
    assertThat(AfterRun.said(run, failed(FailureReason.OUT_OF_MEMORY), true))
        .isEqualTo(new AfterRun.GiveUp(FailureReason.OUT_OF_MEMORY, PROBLEM));
    assertThat(AfterRun.said(running(TaskKind.EVALUATE), failed(FailureReason.OUT_OF_MEMORY), true))
        .as("nothing to halve")
        .isEqualTo(new AfterRun.GiveUp(FailureReason.OUT_OF_MEMORY, PROBLEM));
  }

  @Test
  void hardwareIsTriedAgainElsewhere() {
    assertThat(AfterRun.said(running(TaskKind.TRAIN), failed(FailureReason.HARDWARE), true))
        .isEqualTo(new AfterRun.Requeue("hardware: It went wrong.", false, 1, null, true, null));
    assertThat(AfterRun.said(lostBefore(4), failed(FailureReason.HARDWARE), true))
        .isEqualTo(new AfterRun.GiveUp(FailureReason.HARDWARE, PROBLEM));
  }

  @Test
  void whatWouldEndTheSameWayIsNotTriedAgain() {
    for (var reason :
        EnumSet.of(
            FailureReason.DIVERGED,
            FailureReason.INPUT_UNREADABLE,
            FailureReason.USER_ERROR,
            FailureReason.DEADLINE,
            FailureReason.PLATFORM)) {
      assertThat(AfterRun.said(running(TaskKind.TRAIN), failed(reason), true))
          .isEqualTo(new AfterRun.GiveUp(reason, PROBLEM));
    }
  }

  @Test
  void theTeamPaysForItsOwnErrorsOnly() {
    assertThat(EnumSet.allOf(FailureReason.class).stream().filter(reason -> !reason.isBilled()))
        .containsExactlyInAnyOrder(
            FailureReason.INPUT_UNREADABLE,
            FailureReason.HARDWARE,
            FailureReason.LOST,
            FailureReason.PLATFORM);
  }

  @Test
  void aWordThatIsNotTheLastIsRefused() {
    var word = new TrainerEvent.Log(Instant.EPOCH, "INFO", "hello");
    assertThatThrownBy(() -> AfterRun.said(running(TaskKind.TRAIN), word, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static TrainerEvent failed(FailureReason reason) {
    return new TrainerEvent.Failed(Instant.EPOCH, reason, PROBLEM);
  }

  private static AfterRun.Run running(TaskKind kind) {
    return run(kind.state(), kind, 0, kind == TaskKind.TRAIN ? 32 : 0, null, Wish.RUN, null);
  }

  private static AfterRun.Run lostBefore(int losses) {
    return run(JobState.TRAINING, TaskKind.TRAIN, losses, 32, null, Wish.RUN, null);
  }

  private static AfterRun.Run asked(@Nullable PauseReason pause) {
    return run(JobState.TRAINING, TaskKind.TRAIN, 2, 32, null, Wish.YIELD, pause);
  }

  private static AfterRun.Run run(
      JobState job,
      TaskKind kind,
      int losses,
      int batch,
      @Nullable Integer microBatch,
      Wish wish,
      @Nullable PauseReason pause) {
    return new AfterRun.Run(job, kind, losses, batch, microBatch, wish, pause);
  }
}
