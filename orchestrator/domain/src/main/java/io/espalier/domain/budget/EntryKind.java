package io.espalier.domain.budget;

/** The movements of the ledger. */
public enum EntryKind {
  CREDIT(Bucket.SOURCE, Bucket.FREE, 1, 0),
  /** What another team has given. */
  TRANSFER_IN(Bucket.SOURCE, Bucket.FREE, 1, 0),
  TRANSFER_OUT(Bucket.FREE, Bucket.SOURCE, -1, 0),
  /** What was left over at the end of a period and is not carried over. */
  EXPIRY(Bucket.FREE, Bucket.SOURCE, -1, 0),
  /** Granted to be overdrawn, until it is taken back. */
  OVERDRAFT(Bucket.SOURCE, Bucket.FREE, 0, 1),
  OVERDRAFT_END(Bucket.FREE, Bucket.SOURCE, 0, -1),
  /** Put aside for one slice of a lease. */
  HOLD(Bucket.FREE, Bucket.HELD, 0, 0),
  /** The used part of a hold. */
  SETTLE(Bucket.HELD, Bucket.SPENT, 0, 0),
  /** The unused part of a hold. */
  VOID(Bucket.HELD, Bucket.FREE, 0, 0),
  /** What was settled and then lost by a fault of the platform. */
  REFUND(Bucket.SPENT, Bucket.FREE, 0, 0);

  private final Bucket from;
  private final Bucket to;
  private final int funded;
  private final int overdraft;

  EntryKind(Bucket from, Bucket to, int funded, int overdraft) {
    this.from = from;
    this.to = to;
    this.funded = funded;
    this.overdraft = overdraft;
  }

  public Bucket from() {
    return from;
  }

  public Bucket to() {
    return to;
  }

  /** Whether it raises (1), lowers (-1) or leaves (0) what the account was funded with. */
  public int funded() {
    return funded;
  }

  public int overdraft() {
    return overdraft;
  }

  public int held() {
    return of(Bucket.HELD);
  }

  public int spent() {
    return of(Bucket.SPENT);
  }

  private int of(Bucket bucket) {
    return to == bucket ? 1 : from == bucket ? -1 : 0;
  }
}
