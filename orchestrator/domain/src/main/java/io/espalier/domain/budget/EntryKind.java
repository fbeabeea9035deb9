package io.espalier.domain.budget;

/** The four movements of the ledger. */
public enum EntryKind {
  CREDIT(Bucket.SOURCE, Bucket.FREE),
  /** Put aside for one slice of a lease. */
  HOLD(Bucket.FREE, Bucket.HELD),
  /** The used part of a hold. */
  SETTLE(Bucket.HELD, Bucket.SPENT),
  /** The unused part of a hold. */
  VOID(Bucket.HELD, Bucket.FREE);

  private final Bucket from;
  private final Bucket to;

  EntryKind(Bucket from, Bucket to) {
    this.from = from;
    this.to = to;
  }

  public Bucket from() {
    return from;
  }

  public Bucket to() {
    return to;
  }
}
