package io.espalier.domain.schedule;

/**
 * Why a task has no slot. Each task has one dominant reason; where several pools would do it is the
 * one nearest to a start: the first of these.
 */
public enum WaitingReason {
  /** It may not start yet: its own not-before or start window. */
  START_WINDOW(true),
  /** The team's budget cannot pay for a start. */
  BUDGET(true),
  /** The job's cap cannot pay for a start. */
  CAP(true),
  /** The team has all the slots of the pool that it may have. */
  CEILING(true),
  /** Slots are being emptied for it. */
  PREEMPTING(false),
  /** Free slots are kept for a task before it, which needs several at once. */
  RESERVED(false),
  /** There are free slots enough, but not on one host. */
  FRAGMENTED(false),
  /** All fitting slots are busy, and it is the next of its team. */
  SLOTS_BUSY(false),
  /** All fitting slots are busy, and others of its team come first. */
  BEHIND(false),
  /** Fitting hosts rest, or will before a start would be worth it. */
  MAINTENANCE(false),
  /** Agents with such slots are draining. */
  DRAINING(false),
  /** Such slots are disabled by an admin. */
  DISABLED(false),
  /** Hardware failed on such slots. */
  QUARANTINED(false),
  /** Agents with such slots are silent. */
  AGENT_SILENT(false),
  /** No agent offers what it must be given. */
  NO_FITTING_SLOT(false);

  private final boolean ofItself;

  WaitingReason(boolean ofItself) {
    this.ofItself = ofItself;
  }

  /** Whether it would wait even if every slot were free. */
  public boolean isOfItself() {
    return ofItself;
  }

  /** Whether money is what it lacks. */
  public boolean isForMoney() {
    return this == BUDGET || this == CAP;
  }
}
