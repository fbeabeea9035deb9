package io.espalier.domain.job;

import java.util.EnumSet;
import java.util.Set;

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
      case PAUSED ->
          EnumSet.of(QUEUED, PROFILING, SEARCHING, TRAINING, EVALUATING, FAILED, CANCELLED);
      case SUCCEEDED, FAILED, CANCELLED -> EnumSet.noneOf(JobState.class);
    };
  }
}
