package io.espalier.domain.job;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a job is in its life. {@link #next} lists every legal transition. */
public enum JobState {
  DRAFT,
  QUEUED,
  PROFILING,
  SEARCHING,
  TRAINING,
  EVALUATING,
  PAUSED,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  public boolean isTerminal() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }

  /** For people: {@code Paused: budget. It goes on by itself …}, {@code Failed: diverged.} */
  public String sentence(@Nullable PauseReason pause, @Nullable FailureReason failure) {
    var word = name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    if (pause != null) return word + ": " + pause.label() + ". " + pause.whatNext();
    return failure == null ? word + "." : word + ": " + failure.label() + ".";
  }

  /**
   * The states that may follow. A job whose task waits for a slot keeps its state: losing a lease
   * is the task's affair.
   */
  public Set<JobState> next() {
    return switch (this) {
      case DRAFT -> EnumSet.of(QUEUED, CANCELLED);
      case QUEUED -> EnumSet.of(PROFILING, PAUSED, FAILED, CANCELLED);
      case PROFILING -> EnumSet.of(SEARCHING, TRAINING, PAUSED, FAILED, CANCELLED);
      case SEARCHING -> EnumSet.of(TRAINING, PAUSED, FAILED, CANCELLED);
      case TRAINING -> EnumSet.of(EVALUATING, PAUSED, FAILED, CANCELLED);
      case EVALUATING -> EnumSet.of(SUCCEEDED, PAUSED, FAILED, CANCELLED);
      // From one pause to the next: somebody pauses what rests for another reason.
      case PAUSED ->
          EnumSet.of(QUEUED, PROFILING, SEARCHING, TRAINING, EVALUATING, PAUSED, FAILED, CANCELLED);
      case SUCCEEDED, FAILED, CANCELLED -> EnumSet.noneOf(JobState.class);
    };
  }
}
