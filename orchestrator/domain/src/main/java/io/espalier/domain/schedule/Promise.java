package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.schedule.Snapshot.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Step 5, reservation and backfill: the first task of a pool that finds no place is promised the
 * host that will have one soonest, by the high ends of what runs there. Tasks behind it may use
 * that host only if they will have left by then, or if they leave enough for it (EASY backfilling:
 * Lifka, The ANL/IBM SP Scheduling System, 1995, with predictions in place of users' limits).
 */
final class Promise {

  final Waiting waiting;
  final Site site;
  final Instant from;

  /** Slots of the site that it will not need even then. */
  private int spare;

  private Promise(Waiting waiting, Site site, Instant from, int spare) {
    this.waiting = waiting;
    this.site = site;
    this.from = from;
    this.spare = spare;
  }

  /** Nothing if no host could ever have a place for it. */
  static Optional<Promise> to(
      Waiting waiting, List<Site> sites, Predicate<Site> allowed, Instant now) {
    Promise best = null;
    for (var site : sites) {
      if (site.openFor(waiting.shape()) < waiting.shape().slots()
          || !site.isLabelledFor(waiting.shape())
          || !allowed.test(site)) continue;
      var promise = at(site, waiting, now);
      if (best == null || promise.from.isBefore(best.from)) best = promise;
    }
    return Optional.ofNullable(best);
  }

  private static Promise at(Site site, Waiting waiting, Instant now) {
    var shape = waiting.shape();
    int free = site.freeFor(shape);
    var from = now;
    var leaving = new ArrayList<>(site.occupants());
    leaving.sort(comparing(Site.Occupant::end));
    for (var occupant : leaving) {
      if (free >= shape.slots() && occupant.end().isAfter(from)) break;
      free += site.openAmong(occupant, shape);
      if (occupant.end().isAfter(from)) from = occupant.end();
    }
    return new Promise(waiting, site, from, free - shape.slots());
  }

  boolean allows(Site other, Shape shape, Instant end) {
    return other != site || !end.isAfter(from) || shape.slots() <= spare;
  }

  /** When a task that was let in before must have left; null if it may stay. */
  @Nullable Instant grant(Site other, Shape shape, Instant end) {
    if (other != site) return null;
    if (!end.isAfter(from)) return from;
    spare -= shape.slots();
    return null;
  }
}
