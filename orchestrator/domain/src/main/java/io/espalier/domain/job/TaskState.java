package io.espalier.domain.job;

/** A task waits for a slot, holds a lease, or has ended. */
public enum TaskState {
  WAITING,
  LEASED,
  DONE,
  FAILED,
  CANCELLED
}
