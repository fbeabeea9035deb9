package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Bounds;
import io.espalier.domain.schedule.Plan;
import io.espalier.domain.schedule.Planner;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.lease.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One scheduling cycle at a time over all of the platform's nodes: snapshot, plan, commit. Nothing
 * depends on the lock for correctness; it only keeps two nodes from planning the same thing.
 */
public final class Planning {

  /** What a cycle came to. */
  public sealed interface Tick {

    /** {@code again}: more could be granted at once than this cycle has come to. */
    record Planned(int granted, int waiting, boolean again) implements Tick {}

    /** Another node is planning. */
    record Busy() implements Tick {}
  }

  static final long LOCK = 0x6573_7061_6c01L;

  /** Of one cycle in one pool: news that come meanwhile count from the next one on. */
  static final int MOST_GRANTS = 128;

  private final Transactions transactions;
  private final Changes changes;
  private final TaskFlow flow;
  private final Leases leases;
  private final CommitGrants commit;
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
    this.commit = new CommitGrants(leases);
    this.terms = terms;
    this.silence = silence;
  }

  public Tick tick() {
    return transactions.asPlanner(jdbc -> {
      if (!AdvisoryLock.tryTake(jdbc, LOCK)) return new Tick.Busy();
      transactions.asPlanner(own -> {
        StartWindows.roll(own);
        return true;
      });
      var read = transactions.asPlannerOnOneSnapshot(own -> Snapshots.read(own, terms, silence));
      var plan = Planner.plan(read.snapshot(), new Bounds(MOST_GRANTS, read.last()));
      for (var asked : plan.yields()) askToLeave(asked);
      int granted = commit(plan.grants());
      resume(plan.waits());
      explain(plan.waits(), read.told());
      boolean again = plan.isCut() || granted < plan.grants().size();
      return new Tick.Planned(granted, plan.waits().size(), again);
    });
  }

  /** How many are true now. */
  private int commit(List<Plan.Grant> grants) {
    if (grants.isEmpty()) return 0;
    var granted = transactions.asPlanner(jdbc -> commit.apply(jdbc, grants));
    var news = new ArrayList<Change>();
    for (var grant : granted) {
      news.add(new Change.OfJob(grant.waiting().job()));
      news.add(new Change.OfAgent(grant.host().agent()));
    }
    changes.announce(news);
    return granted.size();
  }

  /** The trainer saves and leaves; then the task waits again at its old place. */
  private void askToLeave(Plan.Yield asked) {
    if (!transactions.asPlanner(jdbc -> askToLeave(jdbc, asked))) return;
    changes.announce(
        new Change.OfJob(asked.running().job()), new Change.OfAgent(asked.running().agent()));
  }

  private boolean askToLeave(JdbcClient jdbc, Plan.Yield asked) {
    // In the common order: the task before its lease.
    jdbc.sql("select id from task where id = :task for update")
        .param("task", asked.running().task())
        .query(UUID.class)
        .optional();
    boolean told =
        leases
            .lock(jdbc, asked.running().lease())
            .map(lease -> leases.askToYield(jdbc, lease, asked.reason()))
            .orElse(false);
    if (!told) return false;
    if (asked.reason() == PauseReason.PREEMPTED) {
      jdbc.sql("update task set preemptions = preemptions + 1 where id = :task")
          .param("task", asked.running().task())
          .update();
    }
    return true;
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
  private void explain(List<Plan.Wait> waits, Map<UUID, WaitingTasks.Told> told) {
    var news =
        waits.stream()
            .filter(wait ->
                !new WaitingTasks.Told(wait.reason(), wait.text())
                    .equals(told.get(wait.waiting().task())))
            .toList();
    if (news.isEmpty()) return;
    var jobs = transactions.asPlanner(jdbc -> tell(jdbc, news));
    changes.announce(jobs.stream().<Change>map(Change.OfJob::new).toList());
  }

  /** The jobs that were told something new. */
  private static List<UUID> tell(JdbcClient jdbc, List<Plan.Wait> news) {
    return jdbc.sql(
            """
            update task t set waiting_reason = n.reason, waiting_text = n.text
            from unnest(:tasks::uuid[], :versions::bigint[], :reasons::text[], :texts::text[])
              as n (task, version, reason, text)
            where t.id = n.task and t.version = n.version and t.state = 'WAITING'
            returning t.job_id
            """)
        .param("tasks", news.stream().map(wait -> wait.waiting().task()).toArray(UUID[]::new))
        .param(
            "versions",
            news.stream().map(wait -> wait.waiting().taskVersion()).toArray(Long[]::new))
        .param("reasons", news.stream().map(wait -> wait.reason().name()).toArray(String[]::new))
        .param("texts", news.stream().map(Plan.Wait::text).toArray(String[]::new))
        .query((row, _) -> uuid(row, "job_id"))
        .list();
  }
}
