package io.espalier.orchestrator.schedule;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.schedule.Plan;
import io.espalier.domain.schedule.Planner;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.lease.Leases;
import io.espalier.orchestrator.schedule.CommitGrant.Outdated;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One scheduling cycle at a time over all of the platform's nodes: snapshot, plan, commit. Nothing
 * depends on the lock for correctness; it only keeps two nodes from planning the same thing.
 */
public final class Planning {

  /** What a cycle came to. */
  public sealed interface Tick {

    /** {@code outdated} grants met a change and are planned again. */
    record Planned(int granted, int waiting, int outdated) implements Tick {}

    /** Another node is planning. */
    record Busy() implements Tick {}
  }

  static final long LOCK = 0x6573_7061_6c01L;

  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);

  private final Transactions transactions;
  private final Changes changes;
  private final TaskFlow flow;
  private final Leases leases;
  private final CommitGrant commit;
  private final Terms terms;
  private final Duration silence;

  /** {@code silence}: an agent that was not heard of for so long gets no work. */
  public Planning(
      Transactions transactions,
      Changes changes,
      TaskFlow flow,
      Leases leases,
      Terms terms,
      Duration silence) {
    this.transactions = transactions;
    this.changes = changes;
    this.flow = flow;
    this.leases = leases;
    this.commit = new CommitGrant(flow, leases);
    this.terms = terms;
    this.silence = silence;
  }

  public Tick tick() {
    return transactions.asPlanner(jdbc -> {
      if (!AdvisoryLock.tryTake(jdbc, LOCK)) return new Tick.Busy();
      var plan = Planner.plan(Snapshots.read(jdbc, terms, silence));
      int outdated = 0;
      for (var grant : plan.grants()) {
        if (!commit(grant)) outdated++;
      }
      for (var asked : plan.yields()) askToLeave(asked);
      resume(plan.waits());
      explain(plan.waits());
      return new Tick.Planned(plan.grants().size() - outdated, plan.waits().size(), outdated);
    });
  }

  private boolean commit(Plan.Grant grant) {
    try {
      transactions.asPlanner(jdbc -> {
        commit.apply(jdbc, grant);
        return true;
      });
    } catch (Outdated e) {
      LOG.debug("A grant came too late and is planned again: {}", e.getMessage());
      return false;
    }
    changes.announce(
        new Change.OfJob(grant.waiting().job()), new Change.OfAgent(grant.host().agent()));
    return true;
  }

  /** The trainer saves and leaves; then the task waits again at its old place. */
  private void askToLeave(Plan.Yield asked) {
    var told =
        transactions.asPlanner(jdbc -> {
          var lease =
              leases
                  .lock(jdbc, asked.running().lease())
                  .filter(live -> live.isLive() && live.wish() == Wish.RUN);
          lease.ifPresent(live -> leases.wish(jdbc, live, Wish.YIELD, asked.reason()));
          return lease.isPresent();
        });
    if (!told) return;
    changes.announce(
        new Change.OfJob(asked.running().job()), new Change.OfAgent(asked.running().agent()));
  }

  /** A parked job that waits for anything but budget is not parked any more. */
  private void resume(List<Plan.Wait> waits) {
    for (var wait : waits) {
      var waiting = wait.waiting();
      if (!waiting.parked() || wait.reason().isForMoney()) continue;
      transactions.asPlanner(
          jdbc -> flow.resume(jdbc, waiting.job(), waiting.jobVersion(), waiting.kind()));
      changes.announce(new Change.OfJob(waiting.job()));
    }
  }

  /** Writes only what differs: most tasks wait for the same reason as before. */
  private void explain(List<Plan.Wait> waits) {
    if (waits.isEmpty()) return;
    var changed =
        transactions.asPlanner(jdbc -> waits.stream().filter(wait -> explain(jdbc, wait)).toList());
    changes.announce(changed.stream().map(wait -> new Change.OfJob(wait.waiting().job())).toList());
  }

  private static boolean explain(JdbcClient jdbc, Plan.Wait wait) {
    return jdbc.sql(
                """
                update task set waiting_reason = :reason, waiting_text = :text
                where id = :id and state = 'WAITING' and version = :version
                  and (waiting_reason is distinct from :reason or waiting_text is distinct from :text)
                """)
            .param("reason", wait.reason().name())
            .param("text", wait.text())
            .param("id", wait.waiting().task())
            .param("version", wait.waiting().taskVersion())
            .update()
        > 0;
  }
}
