package io.espalier.domain.schedule;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What the rounds of one cycle share: money, use, and what was decided so far. */
final class Cycle {

  /** Why a task waits in a pool. */
  record Obstacle(Waiting task, WaitingReason reason, String pool) {}

  final Snapshot snapshot;
  final Bounds bounds;
  final Usage usage = new Usage();
  final List<Grant> grants = new ArrayList<>();

  private final Set<UUID> granted = new HashSet<>();
  private final Set<UUID> postponed = new HashSet<>();
  private final Map<UUID, Amount> free = new HashMap<>();
  private final Map<UUID, Obstacle> waits = new LinkedHashMap<>();

  /** All of the snapshot, oldest first. */
  final List<Waiting> tasks;

  Cycle(Snapshot snapshot, Bounds bounds) {
    this.snapshot = snapshot;
    this.bounds = bounds;
    tasks = snapshot.waiting().stream().sorted(TeamQueue.OLDEST_FIRST).toList();
    for (Team team : snapshot.teams()) {
      free.put(team.id(), new Amount(team.free(), team.money()));
    }
  }

  /** GPU time of a pool that the team can pay for: the scarcer of the two units decides. */
  GpuTime free(UUID team, String pool) {
    return left(team).payable(snapshot.rate(pool));
  }

  /** The same that the job's own cap allows. */
  GpuTime capFree(Waiting task, String pool) {
    return cap(task).payable(snapshot.rate(pool));
  }

  /** What a start would hold; zero if it cannot be paid for. */
  GpuTime firstHold(Waiting task, String pool) {
    var left = free(task.team(), pool).atMost(capFree(task, pool));
    return snapshot.terms().firstHold(task.shape().slots(), task.need(), left);
  }

  /** Whether it is the job's own cap, rather than the team's budget, that has less. */
  boolean lacksCap(Waiting task, String pool) {
    return capFree(task, pool).compareTo(free(task.team(), pool)) < 0;
  }

  /** What a start needs beyond what there is, of whichever has less. */
  Amount missing(Waiting task, String pool) {
    var have = lacksCap(task, pool) ? cap(task) : left(task.team());
    var need = snapshot.rate(pool).amount(task.need());
    return need.minus(need.atMost(have));
  }

  private Amount left(UUID team) {
    return free.getOrDefault(team, Amount.NOTHING);
  }

  private static Amount cap(Waiting task) {
    return new Amount(task.capFree(), task.capMoney());
  }

  void grants(Grant grant) {
    var task = grant.waiting();
    grants.add(grant);
    granted.add(task.task());
    waits.remove(task.task());
    free.put(
        task.team(), left(task.team()).minus(snapshot.rate(grant.pool()).amount(grant.hold())));
    usage.add(task, grant.hold());
  }

  boolean isGranted(Waiting task) {
    return granted.contains(task.task());
  }

  /** Of the reasons in several pools the one nearest to a start counts. */
  void waits(Waiting task, WaitingReason reason, String pool) {
    if (isGranted(task)) return;
    waits.merge(
        task.task(),
        new Obstacle(task, reason, pool),
        (one, other) -> one.reason().compareTo(other.reason()) <= 0 ? one : other);
  }

  /** The next cycle decides: a later round must not give it slots of a pool that suits it less. */
  void postpone(Waiting task) {
    postponed.add(task.task());
  }

  boolean isOpen(Waiting task) {
    return !isGranted(task) && !postponed.contains(task.task());
  }

  boolean isSettled(Waiting task) {
    return !isOpen(task) || waits.containsKey(task.task());
  }

  Collection<Obstacle> waits() {
    return waits.values();
  }
}
