package io.espalier.domain.schedule;

/** How urgent a job is within its team; between teams it counts for nothing. First goes first. */
public enum PriorityClass {
  URGENT,
  NORMAL,
  /** Runs on what nobody else of the team wants, and is preempted first. */
  SCAVENGER;

  public boolean isBefore(PriorityClass other) {
    return compareTo(other) < 0;
  }
}
