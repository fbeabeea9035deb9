package io.espalier.orchestrator.schedule;

import io.espalier.domain.budget.Rate;
import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.budget.Books;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.job.Starts;
import io.espalier.orchestrator.job.TaskSpecs;
import io.espalier.orchestrator.lease.Leases;
import io.espalier.orchestrator.lease.NewLease;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Makes grants of a plan true, in the caller's transaction, with as many statements for all of them
 * as for one. A grant that relies on what has changed since the snapshot drops out, and the next
 * plan knows.
 *
 * <ol>
 *   <li>Lock, in the order that holds everywhere: jobs and tasks by their versions; then, when all
 *       that is only read was read, accounts and agents.
 *   <li>Keep what is still true: the slots are free and no other grant here takes them, and both
 *       accounts can pay.
 *   <li>Write: jobs and tasks with epoch + 1, leases with their slots, first holds.
 * </ol>
 */
final class CommitGrants {

  private final Leases leases;

  CommitGrants(Leases leases) {
    this.leases = leases;
  }

  /** Those that are true now, if the transaction commits. */
  List<Grant> apply(JdbcClient jdbc, List<Grant> grants) {
    var starts = Starts.lock(jdbc, grants);
    var unchanged = grants.stream().filter(starts::isUnchanged).toList();
    if (unchanged.isEmpty()) return List.of();
    var rates = Rates.current(jdbc);
    var specs = TaskSpecs.of(jdbc, unchanged.stream().map(CommitGrants::start).toList());
    // From here on whoever charges the same teams waits, until the commit.
    var books =
        Books.open(
            jdbc,
            unchanged.stream().map(grant -> grant.waiting().team()).toList(),
            unchanged.stream().map(grant -> grant.waiting().job()).toList());
    var free = leases.lockFree(jdbc, unchanged.stream().flatMap(g -> slots(g).stream()).toList());
    var granted = new ArrayList<Grant>();
    var accounts = new ArrayList<Books.OfLease>();
    for (var grant : unchanged) {
      var slots = slots(grant);
      if (!free.containsAll(slots)) continue;
      var account =
          new Books.OfLease(grant.waiting().team(), grant.waiting().job(), UUID.randomUUID());
      var opening = NewLease.opening(rate(rates, grant), slots.size(), grant.hold());
      if (!books.post(account, List.of(opening), "slice 0")) continue;
      free.removeAll(slots);
      granted.add(grant);
      accounts.add(account);
    }
    if (granted.isEmpty()) return List.of();
    starts.begin(jdbc, granted);
    leases.insert(jdbc, newLeases(starts, granted, accounts, specs, rates));
    books.write(jdbc);
    return List.copyOf(granted);
  }

  private static List<NewLease> newLeases(
      Starts starts,
      List<Grant> granted,
      List<Books.OfLease> accounts,
      Map<UUID, TaskSpec> specs,
      Map<String, Rate> rates) {
    var leases = new ArrayList<NewLease>();
    for (int i = 0; i < granted.size(); i++) {
      var grant = granted.get(i);
      var task = grant.waiting().task();
      var spec = specs.get(task);
      if (spec == null) throw new IllegalStateException("Nothing is known of task " + task);
      leases.add(
          new NewLease(
              accounts.get(i),
              task,
              starts.nextEpoch(grant),
              grant.host().agent(),
              slots(grant),
              spec,
              grant.hold(),
              rate(rates, grant),
              grant.yieldBy()));
    }
    return leases;
  }

  private static TaskSpecs.Start start(Grant grant) {
    var waiting = grant.waiting();
    return new TaskSpecs.Start(
        waiting.job(), waiting.task(), waiting.kind(), slots(grant).getFirst());
  }

  private static List<UUID> slots(Grant grant) {
    return grant.slots().stream().map(Snapshot.Slot::id).toList();
  }

  private static Rate rate(Map<String, Rate> rates, Grant grant) {
    return rates.getOrDefault(grant.pool(), Rate.FREE);
  }
}
