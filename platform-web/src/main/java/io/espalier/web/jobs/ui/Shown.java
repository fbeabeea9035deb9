package io.espalier.web.jobs.ui;

import io.espalier.domain.job.JobState;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The filters of the list, as people think of jobs. */
enum Shown {
  ALL("All"),
  RUNNING("Running"),
  WAITING("Waiting"),
  SUCCEEDED("Succeeded"),
  FAILED("Failed"),
  CANCELLED("Cancelled");

  private final String label;

  Shown(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** Empty for any. */
  Set<JobState> states() {
    return switch (this) {
      case ALL -> EnumSet.noneOf(JobState.class);
      case RUNNING ->
          EnumSet.of(
              JobState.PROFILING, JobState.SEARCHING, JobState.TRAINING, JobState.EVALUATING);
      case WAITING -> EnumSet.of(JobState.QUEUED, JobState.PAUSED);
      case SUCCEEDED -> EnumSet.of(JobState.SUCCEEDED);
      case FAILED -> EnumSet.of(JobState.FAILED);
      case CANCELLED -> EnumSet.of(JobState.CANCELLED);
    };
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
