package io.espalier.domain.schedule;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Step 4, placement: the free slots of one pool. A host that is in use already comes before one
 * that is whole, and among either the one with the fewest free slots that suffice.
 */
final class Room {

  private final NavigableMap<Integer, NavigableSet<Site>> inUse = new TreeMap<>();
  private final NavigableMap<Integer, NavigableSet<Site>> whole = new TreeMap<>();

  /** Shapes that found no place at all: what is free only becomes less. */
  private final Set<Shape> full = new HashSet<>();

  Room(List<Site> sites) {
    for (var site : sites) if (site.free() > 0) add(site);
  }

  /** The best site among those that are {@code allowed}. */
  Optional<Site> find(Shape shape, Predicate<Site> allowed) {
    if (full.contains(shape)) return Optional.empty();
    boolean any = false;
    for (var sites : List.of(inUse, whole)) {
      for (Map.Entry<Integer, NavigableSet<Site>> bucket :
          sites.tailMap(shape.slots(), true).entrySet()) {
        for (var site : bucket.getValue()) {
          if (!site.isLabelledFor(shape) || site.freeFor(shape) < shape.slots()) continue;
          any = true;
          if (allowed.test(site)) return Optional.of(site);
        }
      }
    }
    if (!any) full.add(shape);
    return Optional.empty();
  }

  /** {@code taking} takes slots of the site. */
  void change(Site site, Runnable taking) {
    remove(site);
    taking.run();
    if (site.free() > 0) add(site);
  }

  private void add(Site site) {
    (site.isWhole() ? whole : inUse)
        .computeIfAbsent(site.free(), _ -> new TreeSet<>(Site.BY_NAME))
        .add(site);
  }

  private void remove(Site site) {
    var bucket = (site.isWhole() ? whole : inUse).get(site.free());
    if (bucket != null) bucket.remove(site);
  }
}
