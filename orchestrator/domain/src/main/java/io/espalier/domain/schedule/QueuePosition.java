package io.espalier.domain.schedule;

import io.espalier.domain.schedule.Snapshot.Quota;
import java.util.List;

/**
 * How many tasks have their turn before one, if nothing ends and nobody comes: by the order of
 * {@link Standing}, without playing it. Every task counts as one slot.
 */
public final class QueuePosition {

  /**
   * A team in a pool.
   *
   * @param held slots that it has
   * @param waiting tasks that could start if there were slots
   */
  public record Line(Quota quota, int held, int waiting) {}

  /**
   * @param before tasks of its own team that come first
   * @param others the other teams of the pool
   */
  public static long ahead(Line own, int before, List<Line> others) {
    long ahead = before;
    for (var other : others) ahead += beforeTurn(other, own, before + 1);
    return ahead;
  }

  /** How many of {@code other} come before the {@code turn}-th of {@code own}. */
  private static long beforeTurn(Line other, Line own, int turn) {
    int guaranteed = Math.clamp(other.quota().guarantee() - other.held(), 0, other.waiting());
    if (own.held() + turn <= own.quota().guarantee()) {
      double fullness = (own.held() + turn - 1) / (double) own.quota().guarantee();
      double filled = Math.ceil(fullness * other.quota().guarantee() - other.held());
      return (long) Math.clamp(filled, 0, guaranteed);
    }
    double share = (own.held() + turn - own.quota().guarantee()) / (double) own.quota().weight();
    double reached =
        Math.ceil(share * other.quota().weight() + other.quota().guarantee() - other.held()) - 1;
    return (long) Math.clamp(reached, guaranteed, other.waiting());
  }

  private QueuePosition() {}
}
