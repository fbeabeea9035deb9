package io.espalier.domain.job;

/** Why a job rests. Every pause can be resumed. */
public enum PauseReason {
  /** Somebody paused it, and resumes it. */
  USER("by a person", "Resume it when it should go on."),
  /** Its slot went to somebody with more right to it. */
  PREEMPTED("preempted", "It goes on as soon as it is its turn again."),
  /** It cannot be paid for any longer. */
  BUDGET("budget", "It goes on by itself once the budget or its cap is raised."),
  /** Its host is taken out of service. */
  DRAIN("host drained", "It goes on by itself on another host."),
  MAINTENANCE("maintenance", "It goes on by itself when the maintenance is over.");

  private final String label;
  private final String whatNext;

  PauseReason(String label, String whatNext) {
    this.label = label;
    this.whatNext = whatNext;
  }

  /** For people. */
  public String label() {
    return label;
  }

  /** A sentence: what ends the pause. */
  public String whatNext() {
    return whatNext;
  }

  /** Whether the job goes on without a person. */
  public boolean endsByItself() {
    return this != USER;
  }
}
