package io.espalier.domain.budget;

/** Where an amount lies. Every entry moves one amount from one bucket to another. */
public enum Bucket {
  /** Outside: what an admin or an owner grants. */
  SOURCE,
  FREE,
  HELD,
  SPENT
}
