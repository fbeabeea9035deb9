package io.espalier.domain.schedule;

import static java.util.Comparator.comparing;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Cycle.Obstacle;
import io.espalier.domain.schedule.Plan.Reservation;
import io.espalier.domain.schedule.Plan.Wait;
import io.espalier.domain.schedule.Plan.Yield;
import io.espalier.domain.schedule.Snapshot.Closed;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One scheduling cycle. A task that any pool will do takes part in the round of each, GPUs first,
 * until it has a place.
 *
 * <ol>
 *   <li>{@link TeamQueue}: the heads of every team's queues, in the order of their turns.
 *   <li>{@link Entitlement}: how many slots of a pool each team should have.
 *   <li>{@link Standing}: whose turn is next. A head that is shut out by its start window, its
 *       budget or its ceiling steps aside and blocks nobody.
 *   <li>{@link Room}: placement on the smallest sufficient block; whole hosts stay whole.
 *   <li>{@link Promise}: the first that finds no place is promised one; others may use it until
 *       then.
 *   <li>{@link Preemption}: borrowed slots are taken back by checkpoint.
 *   <li>Commit: every grant and yield of the {@link Plan} by version, which is the caller's part.
 * </ol>
 */
public final class Planner {

  private final Snapshot snapshot;
  private final Floor floor;
  private final Cycle cycle;
  private final List<Yield> yields = new ArrayList<>();
  private final List<Reservation> reservations = new ArrayList<>();

  /** A plan of all that waits. */
  public static Plan plan(Snapshot snapshot) {
    return plan(snapshot, Bounds.NONE);
  }

  /**
   * A plan that may end early: its grants are the first of the whole plan's in each pool. What it
   * did not come to is neither granted nor explained, and {@link Plan#isCut} says so.
   */
  public static Plan plan(Snapshot snapshot, Bounds bounds) {
    return new Planner(snapshot, bounds).run();
  }

  private Planner(Snapshot snapshot, Bounds bounds) {
    this.snapshot = snapshot;
    floor = new Floor(snapshot);
    cycle = new Cycle(snapshot, bounds);
  }

  private Plan run() {
    emptyWhatRests();
    var rounds = new ArrayList<PoolRound>();
    for (var pool : floor.pools()) rounds.add(place(pool));
    for (var round : rounds) takeBack(round);
    turnAwayTheRest();
    return new Plan(
        List.copyOf(cycle.grants),
        List.copyOf(yields),
        waits(),
        List.copyOf(reservations),
        rounds.stream().anyMatch(PoolRound::isCut));
  }

  /** What runs where a maintenance has begun, an agent drains or a slot was disabled, leaves. */
  private void emptyWhatRests() {
    var reasons = new HashMap<UUID, PauseReason>();
    for (var host : snapshot.hosts()) {
      for (var slot : host.slots()) {
        if (floor.rests(host, slot.pool())) reasons.put(slot.id(), PauseReason.MAINTENANCE);
        else if (host.draining() || slot.closed() == Closed.DISABLED) {
          reasons.put(slot.id(), PauseReason.DRAIN);
        }
      }
    }
    if (reasons.isEmpty()) return;
    snapshot.running().stream()
        .filter(running -> !running.yielding())
        .sorted(comparing(Running::lease))
        .forEach(running -> {
          var reason = reason(running, reasons);
          if (reason != null) {
            yields.add(new Yield(running, reason, Sentences.leaves(reason), null));
          }
        });
  }

  private static @Nullable PauseReason reason(
      Running running, Map<UUID, PauseReason> reasonsBySlot) {
    for (var slot : running.slots()) {
      var reason = reasonsBySlot.get(slot);
      if (reason != null) return reason;
    }
    return null;
  }

  private PoolRound place(String pool) {
    var candidates =
        cycle.tasks.stream()
            .filter(task -> task.shape().pool() == null || pool.equals(task.shape().pool()))
            .filter(cycle::isOpen)
            .toList();
    var round = new PoolRound(cycle, pool, floor.of(pool), candidates);
    round.run();
    return round;
  }

  private void takeBack(PoolRound round) {
    round.blocked.removeIf(cycle::isGranted);
    yields.addAll(round.outlived(gone()));
    var preemption = new Preemption(snapshot, round, yields);
    yields.addAll(preemption.run());
    round.explain(preemption.claimants());
    round
        .promise()
        .filter(promise -> !cycle.isGranted(promise.waiting))
        .ifPresent(promise ->
            reservations.add(
                new Reservation(promise.waiting, promise.site.host, round.pool, promise.from)));
  }

  private Set<UUID> gone() {
    var gone = new HashSet<UUID>();
    for (var asked : yields) gone.add(asked.running().lease());
    return gone;
  }

  /** Nobody has a slot of their pools at all. */
  private void turnAwayTheRest() {
    for (var task : cycle.tasks) {
      if (cycle.isSettled(task)) continue;
      cycle.waits(task, withoutPool(task), poolOf(task));
    }
  }

  private static String poolOf(Waiting task) {
    var pool = task.shape().pool();
    return pool == null ? "" : pool;
  }

  private WaitingReason withoutPool(Waiting task) {
    var opens = task.opensAt();
    if (opens != null && opens.isAfter(snapshot.now())) return WaitingReason.START_WINDOW;
    var pool = poolOf(task);
    if (cycle.firstHold(task, pool).isMoreThan(GpuTime.ZERO)) {
      return WaitingReason.NO_FITTING_SLOT;
    }
    return cycle.lacksCap(task, pool) ? WaitingReason.CAP : WaitingReason.BUDGET;
  }

  private List<Wait> waits() {
    var teams = new HashMap<UUID, Snapshot.Team>();
    for (var team : snapshot.teams()) teams.put(team.id(), team);
    return cycle.waits().stream().map(obstacle -> wait(obstacle, teams)).toList();
  }

  private Wait wait(Obstacle obstacle, Map<UUID, Snapshot.Team> teams) {
    var task = obstacle.task();
    var team = teams.get(task.team());
    int ceiling = team == null ? 0 : team.quota(obstacle.pool()).ceiling();
    var missing = cycle.missing(task, obstacle.pool());
    return new Wait(
        task,
        obstacle.reason(),
        Sentences.waiting(obstacle.reason(), task, obstacle.pool(), missing, ceiling));
  }
}
