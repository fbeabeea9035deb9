package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Plan.Yield;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Steps 1 to 5 in one pool; what is blocked by want of slots is left for step 6. */
final class PoolRound {

  private final Cycle cycle;
  private final Snapshot snapshot;
  final String pool;
  final List<Site> sites;
  final Map<UUID, Standing> standings;

  /** Tasks that lack nothing but slots, in the order of their turns. */
  final List<Waiting> blocked = new ArrayList<>();

  private final Room room;
  private @Nullable Promise promise;
  private int granted;
  private boolean cut;

  /** {@code candidates}: tasks that may run in this pool and have no slot elsewhere. */
  PoolRound(Cycle cycle, String pool, List<Site> sites, Collection<Waiting> candidates) {
    this.cycle = cycle;
    this.snapshot = cycle.snapshot;
    this.pool = pool;
    this.sites = sites;
    this.room = new Room(sites);
    this.standings = standings(candidates);
  }

  private Map<UUID, Standing> standings(Collection<Waiting> candidates) {
    var waiting = new HashMap<UUID, List<Waiting>>();
    for (var task : candidates) {
      waiting.computeIfAbsent(task.team(), _ -> new ArrayList<>()).add(task);
    }
    var held = new HashMap<UUID, Integer>();
    var keeping = new HashMap<UUID, Integer>();
    for (var running : snapshot.running()) {
      if (!running.pool().equals(pool)) continue;
      held.merge(running.team(), running.slots().size(), Integer::sum);
      if (!running.yielding()) keeping.merge(running.team(), running.slots().size(), Integer::sum);
    }
    var claims = new ArrayList<Entitlement.Claim>();
    for (var team : snapshot.teams()) {
      var heads = waiting.getOrDefault(team.id(), List.of());
      var quota = team.quota(pool);
      int demand = held.getOrDefault(team.id(), 0) + fundable(team, heads);
      claims.add(
          new Entitlement.Claim(
              team.id(), quota.weight(), quota.guarantee(), Math.min(demand, quota.ceiling())));
    }
    int capacity = sites.stream().mapToInt(Site::open).sum();
    var entitled = Entitlement.of(capacity, claims);
    var standings = new TreeMap<UUID, Standing>();
    for (var team : snapshot.teams()) {
      var heads = waiting.getOrDefault(team.id(), List.of());
      standings.put(
          team.id(),
          new Standing(
              team.id(),
              team.quota(pool),
              new TeamQueue(heads, cycle.usage, snapshot.now(), snapshot.rules()),
              held.getOrDefault(team.id(), 0),
              keeping.getOrDefault(team.id(), 0),
              entitled.getOrDefault(team.id(), 0)));
    }
    return standings;
  }

  /** Slots that the team could start now, for its money. */
  private int fundable(Team team, List<Waiting> heads) {
    int slots = 0;
    var left = cycle.free(team.id(), pool);
    for (var task : heads) {
      if (isShut(task) || task.need().isMoreThan(cycle.capFree(task, pool))) continue;
      if (task.need().isMoreThan(left)) continue;
      left = left.minus(task.need());
      slots += task.shape().slots();
    }
    return slots;
  }

  void run() {
    var queues = new ArrayList<Standing>();
    var whoseTurn =
        comparing((Standing team) -> !isInTheWay(team)).thenComparing(Standing.WHOSE_TURN);
    for (var standing : standings.values()) {
      skim(standing);
      if (!standing.queue.isEmpty()) queues.add(standing);
    }
    while (!queues.isEmpty() && !cut) {
      var turn = queues.stream().min(whoseTurn).orElseThrow();
      consider(turn, turn.queue.head());
      turn.queue.pass();
      skim(turn);
      if (turn.queue.isEmpty()) queues.remove(turn);
    }
    for (var left : queues) left.queue.rest().forEach(cycle::postpone);
  }

  /**
   * A head too large for its team's guarantee does not hide the guarantee from those behind it
   * while there is no place for it anyway: it has its turn at once, in which it can only be
   * promised one. Otherwise others would be given the slots, and would have to leave them in the
   * next cycle.
   */
  private boolean isInTheWay(Standing team) {
    if (!team.headExceedsGuarantee()) return false;
    boolean hides =
        team.queue
            .rest()
            .anyMatch(task ->
                team.isWithinGuarantee(task.shape().slots()) && ofItself(team, task) == null);
    var head = team.queue.head();
    return hides && place(head, end(head)).isEmpty();
  }

  /** Heads that would wait even if every slot were free step aside and take nobody's turn. */
  private void skim(Standing team) {
    while (!team.queue.isEmpty()) {
      var task = team.queue.head();
      var reason = ofItself(team, task);
      if (reason == null) return;
      cycle.waits(task, reason, pool);
      team.queue.pass();
    }
  }

  private @Nullable WaitingReason ofItself(Standing team, Waiting task) {
    if (isShut(task)) return WaitingReason.START_WINDOW;
    if (!cycle.firstHold(task, pool).isMoreThan(GpuTime.ZERO)) {
      return cycle.lacksCap(task, pool) ? WaitingReason.CAP : WaitingReason.BUDGET;
    }
    return team.isWithinCeiling(task.shape().slots()) ? null : WaitingReason.CEILING;
  }

  private void consider(Standing team, Waiting task) {
    var end = end(task);
    var place = place(task, end);
    if (place.isEmpty()) {
      blocked.add(task);
      if (promise == null) {
        promise =
            Promise.to(task, sites, site -> suits(site, task, end), snapshot.now()).orElse(null);
      }
      return;
    }
    var site = place.get();
    var block = List.copyOf(site.block(task.shape()));
    room.change(site, () -> site.take(block, end));
    team.grant(block.size());
    var yieldBy = promise == null ? null : promise.grant(site, task.shape(), end);
    cycle.grants(new Grant(task, site.host, block, cycle.firstHold(task, pool), yieldBy));
    granted++;
    cut = cycle.bounds.endAfter(task, granted);
  }

  /** Whether it ended before everybody had a turn. */
  boolean isCut() {
    return cut;
  }

  private boolean isShut(Waiting task) {
    var opens = task.opensAt();
    return opens != null && opens.isAfter(snapshot.now());
  }

  private Instant end(Waiting task) {
    var work = task.work();
    return snapshot.now().plus(work == null ? snapshot.rules().unknownRun() : work.high());
  }

  private Optional<Site> place(Waiting task, Instant end) {
    var promised = promise;
    return room.find(
        task.shape(),
        site ->
            suits(site, task, end)
                && (promised == null || promised.allows(site, task.shape(), end)));
  }

  /** Whether the host would let it work long enough, and is none that it avoids. */
  private boolean suits(Site site, Waiting task, Instant end) {
    return !avoids(task, site) && !closesBefore(site, end);
  }

  /** Whether it could start on the site if others left: only then are they asked to. */
  boolean couldStart(Waiting task, Site site) {
    return site.obstacleFor(task.shape()) == null && suits(site, task, end(task));
  }

  /**
   * Whether hardware of the host has failed under the task and another host may do better. Where
   * none would, it is better than waiting: the slot that failed is in quarantine itself.
   */
  private boolean avoids(Waiting task, Site site) {
    return task.avoid().contains(site.host.agent())
        && sites.stream()
            .anyMatch(other ->
                !task.avoid().contains(other.host.agent())
                    && other.obstacleFor(task.shape()) == null);
  }

  private boolean closesBefore(Site site, Instant end) {
    var closes = site.closesAt;
    if (closes == null) return false;
    var worthIt = snapshot.now().plus(snapshot.rules().minimumRun());
    return closes.isBefore(end.isBefore(worthIt) ? end : worthIt);
  }

  Optional<Promise> promise() {
    return Optional.ofNullable(promise);
  }

  /**
   * Backfilled leases that have outlived their predictions where others were promised the slots.
   */
  List<Yield> outlived(Set<UUID> gone) {
    if (promise == null) return List.of();
    var yields = new ArrayList<Yield>();
    for (var occupant : promise.site.occupants()) {
      var running = occupant.running();
      if (running == null || gone.contains(running.lease()) || !hasOutlived(running)) continue;
      yields.add(
          new Yield(
              running,
              PauseReason.PREEMPTED,
              "It was let in before a task that needs the whole host, and runs longer than predicted.",
              promise.waiting.task()));
    }
    return yields;
  }

  private boolean hasOutlived(Running running) {
    var by = running.yieldBy();
    return !running.yielding()
        && by != null
        && by.plus(snapshot.rules().overrun()).isBefore(snapshot.now());
  }

  /** Names the reason of every blocked task; {@code claimed}: those that slots are emptied for. */
  void explain(Set<UUID> claimed) {
    var obstacles = new HashMap<Shape, Optional<WaitingReason>>();
    var first = new HashSet<UUID>();
    boolean noneFree = sites.stream().allMatch(site -> site.free() == 0);
    for (var task : blocked) {
      var obstacle = obstacles.computeIfAbsent(task.shape(), this::obstacle);
      boolean next = first.add(task.team());
      cycle.waits(
          task,
          obstacle.orElseGet(() -> {
            if (claimed.contains(task.task())) return WaitingReason.PREEMPTING;
            return noneFree ? inTurn(next) : whyBusy(task, next);
          }),
          pool);
    }
  }

  /** What keeps every site from ever giving such slots as things stand. */
  private Optional<WaitingReason> obstacle(Shape shape) {
    var least = WaitingReason.NO_FITTING_SLOT;
    for (var site : sites) {
      var obstacle = site.obstacleFor(shape);
      if (obstacle == null) return Optional.empty();
      if (obstacle.compareTo(least) < 0) least = obstacle;
    }
    return Optional.of(least);
  }

  private WaitingReason whyBusy(Waiting task, boolean next) {
    var free = sites.stream().filter(site -> site.free() > 0 && isTrusted(site, task)).toList();
    var shape = task.shape();
    var end = end(task);
    var enough = free.stream().filter(site -> site.freeFor(shape) >= shape.slots()).toList();
    if (!enough.isEmpty()) {
      return enough.stream().allMatch(site -> closesBefore(site, end))
          ? WaitingReason.MAINTENANCE
          : WaitingReason.RESERVED;
    }
    int apart = free.stream().mapToInt(site -> site.freeFor(shape)).sum();
    if (shape.isGang() && apart >= shape.slots()) return WaitingReason.FRAGMENTED;
    return inTurn(next);
  }

  private static WaitingReason inTurn(boolean next) {
    return next ? WaitingReason.SLOTS_BUSY : WaitingReason.BEHIND;
  }

  private boolean isTrusted(Site site, Waiting task) {
    return !avoids(task, site) && site.obstacleFor(task.shape()) == null;
  }
}
