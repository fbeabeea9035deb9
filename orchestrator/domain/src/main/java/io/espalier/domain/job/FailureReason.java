package io.espalier.domain.job;

/** Why a job ended without a model. */
public enum FailureReason {
  USER_ERROR,
  OUT_OF_MEMORY,
  DIVERGED,
  LOST,
  DEADLINE,
  PLATFORM
}
