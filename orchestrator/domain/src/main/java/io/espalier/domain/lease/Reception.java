package io.espalier.domain.lease;

import io.espalier.domain.wire.TrainerEvent;
import java.util.List;

/**
 * What a batch of events is to its lease. The same batch may come twice, late, or after another one
 * that was sent later.
 */
public sealed interface Reception {

  /** Another run has the task, or it was never this agent's: the process group is to be killed. */
  record Stale() implements Reception {}

  /** The last word is known already; nothing more is wanted. */
  record Ended() implements Reception {}

  /** A sign of life without anything that is not stored yet. */
  record SignOfLife() implements Reception {}

  /** What is to be stored, in order; only its last event may be a last word. */
  record News(List<TrainerEvent> events) implements Reception {
    public News {
      events = List.copyOf(events);
    }

    public TrainerEvent last() {
      return events.getLast();
    }
  }

  /**
   * @param own whether agent and epoch are those of the lease
   * @param nextSequence events before this number are stored
   * @param firstSequence number of the batch's first event; a gap before it makes it worthless
   */
  static Reception of(
      LeaseState state,
      boolean own,
      long nextSequence,
      long firstSequence,
      List<TrainerEvent> batch) {
    if (!own || state == LeaseState.EXPIRED) return new Stale();
    if (state != LeaseState.LIVE) return new Ended();
    long known = nextSequence - firstSequence;
    if (known < 0 || known >= batch.size()) return new SignOfLife();
    int from = (int) known;
    int end = from;
    while (end < batch.size() && !batch.get(end).isLast()) end++;
    return new News(batch.subList(from, Math.min(end + 1, batch.size())));
  }
}
