package io.espalier.domain.lease;

/** How a lease stands. */
public enum LeaseState {
  LIVE,
  /** Its trainer has said its last word. */
  RELEASED,
  /** It was lost; whoever still runs it must stop. */
  EXPIRED
}
