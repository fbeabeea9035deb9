package io.espalier.web.jobs.ui;

import io.espalier.domain.job.JobState;
import java.util.Locale;
import java.util.Set;

/** The filters of the list, as people think of jobs. */
enum Shown {
  ALL("All", Set.of()),
  RUNNING(
      "Running",
      Set.of(JobState.PROFILING, JobState.SEARCHING, JobState.TRAINING, JobState.EVALUATING)),
  WAITING("Waiting", Set.of(JobState.QUEUED, JobState.PAUSED)),
  SUCCEEDED("Succeeded", Set.of(JobState.SUCCEEDED)),
  FAILED("Failed", Set.of(JobState.FAILED)),
  CANCELLED("Cancelled", Set.of(JobState.CANCELLED));

  private final String label;
  private final Set<JobState> states;

  Shown(String label, Set<JobState> states) {
    this.label = label;
    this.states = states;
  }

  String label() {
    return label;
  }

  Set<JobState> states() {
    return states;
  }

  /** As it stands in the address. */
  String parameter() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** An address that names no filter shows all. */
  static Shown of(String parameter) {
    for (var shown : values()) {
      if (shown.parameter().equals(parameter)) return shown;
    }
    return ALL;
  }
}
