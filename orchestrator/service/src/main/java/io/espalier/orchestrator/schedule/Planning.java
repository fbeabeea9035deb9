package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.schedule.Plan;
import io.espalier.domain.schedule.Planner;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.lease.Leases;
import io.espalier.orchestrator.schedule.CommitGrant.Outdated;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** {@code outdated} grants met a change, or were too many for one cycle: planned again. */
    record Planned(int granted, int waiting, int outdated) implements Tick {}

    /** Another node is planning. */
    record Busy() implements Tick {}
  }

  static final long LOCK = 0x6573_7061_6c01L;

  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);

  /** Of one cycle: news that come meanwhile count from the next one on, which follows at once. */
  private static final int MOST_GRANTS = 64;

  private static final int COMMITTERS = 4;

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
      var read =
          transactions.asPlanner(own -> {
            StartWindows.roll(own);
            return Snapshots.read(own, terms, silence);
          });
      var plan = Planner.plan(read.snapshot());
      for (var asked : plan.yields()) askToLeave(asked);
      int granted = commit(plan.grants().stream().limit(MOST_GRANTS).toList());
      resume(plan.waits());
      explain(plan.waits(), read.told());
      return new Tick.Planned(granted, plan.waits().size(), plan.grants().size() - granted);
    });
  }

  /** Several at a time share the disk's work for a commit; how many of them are true now. */
  private int commit(List<Plan.Grant> grants) {
    if (grants.size() < 2) return (int) grants.stream().filter(this::commit).count();
    var next = new AtomicInteger();
    Callable<Integer> some =
        () -> {
          int granted = 0;
          for (int n = next.getAndIncrement(); n < grants.size(); n = next.getAndIncrement()) {
            if (commit(grants.get(n))) granted++;
          }
          return granted;
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var parts = Collections.nCopies(COMMITTERS, some).stream().map(threads::submit).toList();
      return parts.stream().mapToInt(Planning::join).sum();
    }
  }

  private static int join(Future<Integer> part) {
    try {
      return part.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) throw cause;
      throw new IllegalStateException(failed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
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
  private void explain(List<Plan.Wait> waits, Map<UUID, Snapshots.Told> told) {
    var news =
        waits.stream()
            .filter(wait ->
                !new Snapshots.Told(wait.reason(), wait.text())
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
