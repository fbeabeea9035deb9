package io.espalier.domain.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.TrainerEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AfterLastWordTest {

  private static final TrainerEvent TRAINED =
      new TrainerEvent.Trained(Instant.EPOCH, 10, 8, 0.9, List.of());
  private static final TrainerEvent YIELDED = new TrainerEvent.Yielded(Instant.EPOCH, 8);
  private static final Problem PROBLEM =
      Problem.of("test", Category.INTERNAL, "trainer", "It went wrong.", "Try again.");

  @Test
  void anAnswerToTheQuestionIsDone() {
    assertThat(decide(TaskKind.TRAIN, null, TRAINED)).isEqualTo(new AfterLastWord.Done(TRAINED));
  }

  @Test
  void anAnswerToAnotherQuestionIsThePlatformsFault() {
    assertThat(decide(TaskKind.EVALUATE, null, TRAINED))
        .isInstanceOfSatisfying(
            AfterLastWord.Fail.class,
            fail -> assertThat(fail.reason()).isEqualTo(FailureReason.PLATFORM));
  }

  @Test
  void whoWasAskedToYieldRestsForThatReason() {
    assertThat(decide(TaskKind.TRAIN, PauseReason.BUDGET, YIELDED))
        .isEqualTo(new AfterLastWord.Rest(PauseReason.BUDGET, "yielded at step 8"));
  }

  @Test
  void whoYieldsUnaskedIsTriedAgain() {
    assertThat(decide(TaskKind.TRAIN, null, YIELDED))
        .isEqualTo(new AfterLastWord.TryAgain("yielded at step 8", false));
  }

  @Test
  void aLossExpiresAndAFailureDoesNot() {
    assertThat(decide(TaskKind.TRAIN, null, failed(FailureReason.LOST)))
        .isEqualTo(new AfterLastWord.TryAgain("It went wrong.", true));
    assertThat(decide(TaskKind.TRAIN, null, failed(FailureReason.DIVERGED)))
        .isEqualTo(new AfterLastWord.Fail(FailureReason.DIVERGED, PROBLEM));
  }

  @Test
  void nothingFollowsOnceTheJobHasEnded() {
    assertThat(AfterLastWord.decide(JobState.CANCELLED, TaskKind.TRAIN, null, TRAINED, true))
        .isEqualTo(new AfterLastWord.Unwanted());
  }

  private static TrainerEvent failed(FailureReason reason) {
    return new TrainerEvent.Failed(Instant.EPOCH, reason, PROBLEM);
  }

  private static AfterLastWord decide(
      TaskKind kind, @Nullable PauseReason asked, TrainerEvent last) {
    return AfterLastWord.decide(kind.state(), kind, asked, last, true);
  }
}
