package io.espalier.domain.schedule;

import io.espalier.domain.schedule.Snapshot.Waiting;
import java.util.Set;
import java.util.UUID;

/**
 * How far one cycle goes in each pool, so that it stays short however much waits: the next one
 * follows at once.
 *
 * @param grants in one pool
 * @param last tasks behind which more of their queue wait than the snapshot holds. Once such a one
 *     has its grant, nobody knows whose turn is next
 */
public record Bounds(int grants, Set<UUID> last) {

  public static final Bounds NONE = new Bounds(Integer.MAX_VALUE, Set.of());

  /** {@code granted}: in the pool, the task's own grant among them. */
  boolean endAfter(Waiting task, int granted) {
    return granted >= grants || last.contains(task.task());
  }
}
