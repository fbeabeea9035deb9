package io.espalier.domain.budget;

/** Where an amount lies. Every entry moves one amount from one bucket to another. */
public enum Bucket {
  /** Outside of the account: the house's money, another team's account. */
  SOURCE,
  FREE,
  HELD,
  SPENT
}
