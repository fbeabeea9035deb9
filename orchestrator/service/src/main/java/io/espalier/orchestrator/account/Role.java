package io.espalier.orchestrator.account;

/** What a member may do in a team; each includes the ones after it. */
public enum Role {
  /** Manages members and budget. */
  OWNER,
  /** Registers data, submits and ends jobs. */
  MEMBER,
  /** Reads. */
  VIEWER;

  public boolean includes(Role other) {
    return compareTo(other) <= 0;
  }
}
