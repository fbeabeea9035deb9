package io.espalier.domain.job;

/** One stretch of work of a job that runs under leases of its own. */
public enum TaskKind {
  PROFILE(JobState.PROFILING),
  TRAIN(JobState.TRAINING),
  EVALUATE(JobState.EVALUATING);

  private final JobState state;

  TaskKind(JobState state) {
    this.state = state;
  }

  /** The state of a job while it does this. */
  public JobState state() {
    return state;
  }
}
