package io.espalier.trainer.task;

import io.espalier.domain.job.FailureReason;

/** How a trainer's process ends; the last event says the same in words. */
enum ExitCode {
  /** The last event was written: a result, or a yield. */
  SAID_LAST_WORD(0),
  USER_ERROR(10),
  OUT_OF_MEMORY(11),
  DIVERGED(12),
  PLATFORM(13),
  INPUT_UNREADABLE(14),
  HARDWARE(15),
  /** The lease ran out and the task did not get to a step boundary in time. */
  LEASE_LOST(75);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static ExitCode of(FailureReason reason) {
    return switch (reason) {
      case USER_ERROR -> USER_ERROR;
      case OUT_OF_MEMORY -> OUT_OF_MEMORY;
      case DIVERGED -> DIVERGED;
      case LOST, DEADLINE -> LEASE_LOST;
      case PLATFORM -> PLATFORM;
      case INPUT_UNREADABLE -> INPUT_UNREADABLE;
      case HARDWARE -> HARDWARE;
    };
  }
}
