package io.espalier.domain.job;

/** Why a job rests. Every pause can be resumed. */
public enum PauseReason {
  USER,
  PREEMPTED,
  BUDGET,
  DRAIN,
  MAINTENANCE
}
