package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.schedule.Snapshot.Quota;
import java.util.Comparator;
import java.util.UUID;

/** Step 3: how a team stands in a pool during a cycle, and whose turn is next. */
final class Standing {

  /**
   * Teams under their guarantee, the emptiest guarantee first; then the smallest weighted share of
   * what the guarantees leave, the head counted as if it had started. Among equals the oldest head.
   */
  static final Comparator<Standing> WHOSE_TURN =
      comparing((Standing standing) -> !standing.isWithinGuarantee(standing.head()))
          .thenComparingDouble(Standing::share)
          .thenComparing(standing -> standing.queue.head(), TeamQueue.OLDEST_FIRST)
          .thenComparing(standing -> standing.team);

  final UUID team;
  final Quota quota;
  final TeamQueue queue;
  final int entitled;

  /** Slots of live leases and of this cycle's grants. */
  private int held;

  /** Those of them that nobody has asked to leave. */
  private int keeping;

  Standing(UUID team, Quota quota, TeamQueue queue, int held, int keeping, int entitled) {
    this.team = team;
    this.quota = quota;
    this.queue = queue;
    this.held = held;
    this.keeping = keeping;
    this.entitled = entitled;
  }

  void grant(int slots) {
    held += slots;
    keeping += slots;
  }

  void lose(int slots) {
    keeping -= slots;
  }

  int held() {
    return held;
  }

  int keeping() {
    return keeping;
  }

  boolean isWithinGuarantee(int more) {
    return held + more <= quota.guarantee();
  }

  /** Whether its head is too large for what is left of its guarantee. */
  boolean headExceedsGuarantee() {
    return held < quota.guarantee() && !isWithinGuarantee(head());
  }

  boolean isWithinCeiling(int more) {
    return (long) held + more <= quota.ceiling();
  }

  /** With {@code more} slots, of what the guarantees leave: how turns are compared. */
  double shareWith(int more) {
    return (double) (held + more - quota.guarantee()) / quota.weight();
  }

  /** The same without those who are leaving, and {@code lost} slots less. */
  double shareWithout(int lost) {
    return (double) (keeping - lost - quota.guarantee()) / quota.weight();
  }

  private int head() {
    return queue.head().shape().slots();
  }

  private double share() {
    return isWithinGuarantee(head()) ? (double) held / quota.guarantee() : shareWith(head());
  }
}
