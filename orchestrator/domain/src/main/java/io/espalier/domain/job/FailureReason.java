package io.espalier.domain.job;

/** Why a run, or with it a job, ended without a result. */
public enum FailureReason {
  /** What was asked for cannot be: a setting, a combination, a budget. */
  USER_ERROR("user error", true),
  /** What was once accepted into the platform's store cannot be read from it any more. */
  INPUT_UNREADABLE("input unreadable", false),
  OUT_OF_MEMORY("out of memory", true),
  /** Training left the finite numbers. */
  DIVERGED("diverged", true),
  /** A device of the host failed. */
  HARDWARE("hardware", false),
  /** The run was lost without a word of its own. */
  LOST("lost", false),
  /** It did not come to its end in time. */
  DEADLINE("deadline missed", true),
  /** A fault of the platform itself. */
  PLATFORM("platform fault", false);

  private final String label;
  private final boolean billed;

  FailureReason(String label, boolean billed) {
    this.label = label;
    this.billed = billed;
  }

  /** For people. */
  public String label() {
    return label;
  }

  /** Whether the team pays for all of the run; else until its last checkpoint only. */
  public boolean isBilled() {
    return billed;
  }
}
