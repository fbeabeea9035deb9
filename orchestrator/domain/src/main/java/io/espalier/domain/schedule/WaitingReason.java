package io.espalier.domain.schedule;

/** Why a task has no slot. Each task has one dominant reason. */
public enum WaitingReason {
  /** The team's budget or the job's cap cannot pay for a start. */
  BUDGET,
  /** No agent has ever offered a slot that it may run on. */
  NO_FITTING_SLOT,
  /** Agents with such slots are silent. */
  AGENT_SILENT,
  /** Agents with such slots are draining or their slots are disabled. */
  DRAINING,
  /** All fitting slots are busy. */
  SLOTS_BUSY
}
