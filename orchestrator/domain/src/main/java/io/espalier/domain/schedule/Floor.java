package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.schedule.Site.Occupant;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Maintenance;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All sites of a snapshot, by pool: GPUs before processors, each pool's sites by host name. */
final class Floor {

  /** Where any pool will do, a GPU is better. */
  private static final Comparator<String> GPUS_FIRST =
      comparing((String pool) -> pool.equals("cpu")).thenComparing(Comparator.naturalOrder());

  private static final Comparator<Slot> BY_PLACE =
      comparing(Slot::pool).thenComparingInt(Slot::index).thenComparing(Slot::id);

  private final Snapshot snapshot;
  private final Map<String, List<Site>> sites = new TreeMap<>(GPUS_FIRST);

  Floor(Snapshot snapshot) {
    this.snapshot = snapshot;
    var byAgent = new HashMap<UUID, List<Running>>();
    for (var running : snapshot.running()) {
      byAgent.computeIfAbsent(running.agent(), _ -> new ArrayList<>(1)).add(running);
    }
    for (var host : snapshot.hosts()) add(host, byAgent.getOrDefault(host.agent(), List.of()));
    sites.values().forEach(ofPool -> ofPool.sort(Site.BY_NAME));
  }

  private void add(Host host, List<Running> running) {
    var slots = new ArrayList<>(host.slots());
    slots.sort(BY_PLACE);
    for (int from = 0; from < slots.size(); ) {
      var pool = slots.get(from).pool();
      int until = from;
      while (until < slots.size() && slots.get(until).pool().equals(pool)) until++;
      var ofPool = slots.subList(from, until);
      sites
          .computeIfAbsent(pool, _ -> new ArrayList<>())
          .add(
              new Site(
                  host, ofPool, occupants(ofPool, running), obstacle(host, pool), rest(host, pool)));
      from = until;
    }
  }

  private List<Occupant> occupants(List<Slot> slots, List<Running> running) {
    if (running.isEmpty()) return List.of();
    var occupants = new ArrayList<Occupant>(running.size());
    for (var lease : running) {
      var its = new ArrayList<Slot>(lease.slots().size());
      for (var slot : slots) if (lease.slots().contains(slot.id())) its.add(slot);
      if (!its.isEmpty()) occupants.add(new Occupant(its, end(lease), lease));
    }
    if (occupants.size() > 1) {
      occupants.sort(
          Comparator.comparingInt(occupant -> occupant.slots().getFirst().index()));
    }
    return occupants;
  }

  private Instant end(Running running) {
    var rules = snapshot.rules();
    if (running.yielding()) return snapshot.now().plus(rules.yieldTime());
    var left = running.left();
    return snapshot.now().plus(left == null ? rules.unknownRun() : left.high());
  }

  private @Nullable WaitingReason obstacle(Host host, String pool) {
    if (!host.live()) return WaitingReason.AGENT_SILENT;
    if (rests(host, pool)) return WaitingReason.MAINTENANCE;
    return host.draining() ? WaitingReason.DRAINING : null;
  }

  /** Whether a maintenance of the host is under way. */
  boolean rests(Host host, String pool) {
    for (var maintenance : snapshot.maintenance()) {
      if (maintenance.concerns(host, pool)
          && !snapshot.now().isBefore(maintenance.from())
          && snapshot.now().isBefore(maintenance.until())) return true;
    }
    return false;
  }

  private @Nullable Instant rest(Host host, String pool) {
    if (snapshot.maintenance().isEmpty()) return null;
    return snapshot.maintenance().stream()
        .filter(maintenance -> maintenance.concerns(host, pool))
        .map(Maintenance::from)
        .filter(from -> from.isAfter(snapshot.now()))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  Iterable<String> pools() {
    return sites.keySet();
  }

  List<Site> of(String pool) {
    return sites.getOrDefault(pool, List.of());
  }
}
