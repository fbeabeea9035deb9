package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.Plan;
import io.espalier.domain.schedule.Planner;
import io.espalier.domain.schedule.QueuePosition;
import io.espalier.domain.schedule.Remaining;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.schedule.Spread;
import io.espalier.domain.schedule.StartForecast;
import io.espalier.domain.schedule.StartForecast.Work;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Answers, when somebody asks, why a job waits and when it will start. Plans as the planner would.
 */
public final class Outlooks {

  /** Further ahead than this nobody is played one by one. */
  private static final int MOST_AHEAD = 2000;

  private final Transactions transactions;
  private final Terms terms;
  private final Duration silence;

  public Outlooks(Transactions transactions, Terms terms, Duration silence) {
    this.transactions = transactions;
    this.terms = terms;
    this.silence = silence;
  }

  /** Empty if no task of the job waits for a slot. */
  public Optional<Outlook> of(Principal who, UUID job) {
    record Found(@Nullable UUID task) {}
    var found =
        transactions.as(
            who,
            jdbc ->
                jdbc.sql(
                        """
                        select k.id from job j
                        left join task k on k.job_id = j.id and k.state = 'WAITING'
                          and j.pause_reason is distinct from 'USER'
                        where j.id = :job
                        """)
                    .param("job", job)
                    .query((row, _) -> new Found(uuid(row, "id")))
                    .optional()
                    .orElseThrow(() -> Absent.of("job", job)));
    var task = found.task();
    return task == null
        ? Optional.empty()
        : transactions.asPlannerOnOneSnapshot(jdbc -> ofTask(jdbc, task));
  }

  private Optional<Outlook> ofTask(JdbcClient jdbc, UUID task) {
    var snapshot = Snapshots.readAround(jdbc, terms, silence, task);
    var plan = Planner.plan(snapshot);
    if (plan.grants().stream().anyMatch(grant -> grant.waiting().task().equals(task))) {
      var now = new Outlook.Start(snapshot.now(), snapshot.now());
      return Optional.of(
          new Outlook(WaitingReason.SLOTS_BUSY, "It starts with the next plan.", 1L, now));
    }
    return plan.waits().stream()
        .filter(wait -> wait.waiting().task().equals(task))
        .findFirst()
        .map(wait -> outlook(jdbc, snapshot, plan, wait));
  }

  private static Outlook outlook(JdbcClient jdbc, Snapshot snapshot, Plan plan, Plan.Wait wait) {
    var reason = wait.reason();
    return switch (reason) {
      case START_WINDOW, PREEMPTING, RESERVED, FRAGMENTED, SLOTS_BUSY, BEHIND -> {
        long ahead = ahead(jdbc, snapshot, wait.waiting());
        var start = start(jdbc, snapshot, plan, wait, ahead);
        yield new Outlook(
            reason,
            wait.text(),
            reason == WaitingReason.START_WINDOW ? null : ahead + 1,
            start == null
                ? null
                : new Outlook.Start(
                    snapshot.now().plus(start.median()), snapshot.now().plus(start.high())));
      }
      case BUDGET,
          CAP,
          CEILING,
          MAINTENANCE,
          DRAINING,
          DISABLED,
          QUARANTINED,
          AGENT_SILENT,
          NO_FITTING_SLOT ->
          new Outlook(reason, wait.text(), null, null);
    };
  }

  /** How many have their turn before, among all that waits for the same pool. */
  private static long ahead(JdbcClient jdbc, Snapshot snapshot, Waiting task) {
    var pool = task.shape().pool();
    record Queue(UUID team, int waiting, int before) {}
    var queues =
        jdbc.sql(
                """
                select k.team_id, count(*) as waiting,
                       count(*) filter (
                         where (k.priority, k.place, k.id) < (m.priority, m.place, m.id)) as before
                from task k
                join job j on j.id = k.job_id,
                     task m
                where m.id = :task and k.state = 'WAITING' and k.id <> m.id
                  and (j.state <> 'PAUSED' or j.pause_reason <> 'USER')
                  and (k.opens_at is null or k.opens_at <= now())
                  and (:pool::text is null or k.pool is null or k.pool = :pool::text)
                group by k.team_id
                """)
            .param("task", task.task())
            .param("pool", pool)
            .query((row, _) ->
                new Queue(uuid(row, "team_id"), row.getInt("waiting"), row.getInt("before")))
            .list();
    var held = new HashMap<UUID, Integer>();
    for (var running : snapshot.running()) {
      if (pool == null || running.pool().equals(pool)) {
        held.merge(running.team(), running.slots().size(), Integer::sum);
      }
    }
    var waiting = new HashMap<UUID, Queue>();
    for (var queue : queues) waiting.put(queue.team(), queue);
    var others = new ArrayList<QueuePosition.Line>();
    QueuePosition.Line own = null;
    for (var team : snapshot.teams()) {
      var queue = waiting.get(team.id());
      var line =
          new QueuePosition.Line(
              team.quota(pool == null ? "" : pool),
              held.getOrDefault(team.id(), 0),
              queue == null ? 0 : queue.waiting());
      if (team.id().equals(task.team())) own = line;
      else others.add(line);
    }
    if (own == null) return 0;
    var before = waiting.get(task.team());
    return QueuePosition.ahead(own, before == null ? 0 : before.before(), others);
  }

  private static @Nullable Remaining start(
      JdbcClient jdbc, Snapshot snapshot, Plan plan, Plan.Wait wait, long ahead) {
    var task = wait.waiting();
    var rules = snapshot.rules();
    var opens = task.opensAt();
    if (wait.reason() == WaitingReason.START_WINDOW && opens != null) {
      return Remaining.exactly(Duration.between(snapshot.now(), opens));
    }
    if (wait.reason() == WaitingReason.PREEMPTING) {
      return new Remaining(rules.yieldTime(), rules.yieldTime().multipliedBy(2));
    }
    var rest = rest(jdbc);
    var here =
        snapshot.running().stream().filter(running -> isSamePool(running.pool(), task)).toList();
    var running = new ArrayList<Work>();
    for (var lease : here) running.add(work(lease, rules.unknownRun(), rest));
    for (var grant : plan.grants()) {
      if (isSamePool(grant.pool(), task)) running.add(work(grant.waiting(), snapshot, rest));
    }
    int taken = running.stream().mapToInt(Work::slots).sum();
    int free = Math.max(0, capacity(snapshot.hosts(), task) - taken);
    return StartForecast.of(
            free, running, before(snapshot, plan, wait, ahead, rest), task.shape().slots())
        .orElse(null);
  }

  /** Those before it in the plan, and as many more like them as there are further back. */
  private static List<Work> before(
      Snapshot snapshot, Plan plan, Plan.Wait wait, long ahead, Map<TaskKind, Duration> rest) {
    var before = new ArrayList<Work>();
    for (var other : plan.waits()) {
      if (other.equals(wait) || before.size() >= ahead) break;
      if (other.reason().isOfItself()) continue;
      var pool = other.waiting().shape().pool();
      if (pool == null || isSamePool(pool, wait.waiting())) {
        before.add(work(other.waiting(), snapshot, rest));
      }
    }
    var typical = before.isEmpty() ? work(wait.waiting(), snapshot, rest) : before.getLast();
    while (before.size() < Math.min(ahead, MOST_AHEAD)) before.add(typical);
    return before;
  }

  private static boolean isSamePool(String pool, Waiting task) {
    return task.shape().pool() == null || task.shape().pool().equals(pool);
  }

  private static int capacity(List<Host> hosts, Waiting task) {
    return hosts.stream()
        .filter(host -> host.live() && !host.draining())
        .filter(host -> host.labels().containsAll(task.shape().labels()))
        .flatMap(host -> host.slots().stream())
        .filter(slot -> slot.closed() == null && isSamePool(slot.pool(), task))
        .mapToInt(_ -> 1)
        .sum();
  }

  private static Work work(Running running, Duration unknown, Map<TaskKind, Duration> rest) {
    var left = running.left();
    return new Work(
        running.slots().size(),
        (left == null ? Spread.GUESSED.around(unknown) : left).plus(after(running.kind(), rest)));
  }

  private static Work work(Waiting task, Snapshot snapshot, Map<TaskKind, Duration> rest) {
    var work = task.work();
    return new Work(
        task.shape().slots(),
        (work == null ? Spread.GUESSED.around(snapshot.rules().unknownRun()) : work)
            .plus(after(task.kind(), rest)));
  }

  /** A job keeps its old place, so its slot is not free before its last task has ended. */
  private static Remaining after(TaskKind kind, Map<TaskKind, Duration> rest) {
    var more = Duration.ZERO;
    for (var next : TaskKind.values()) {
      if (next.compareTo(kind) > 0) more = more.plus(rest.getOrDefault(next, Duration.ZERO));
    }
    return Spread.PROFILED.around(more);
  }

  /** How long the last tasks of each kind have run. */
  private static Map<TaskKind, Duration> rest(JdbcClient jdbc) {
    var rest = new EnumMap<TaskKind, Duration>(TaskKind.class);
    jdbc.sql(
            """
            select t.kind, avg(extract(epoch from l.ended_at - l.granted_at)) as seconds
            from (select task_id, ended_at, granted_at from lease
                  where ended_at is not null order by ended_at desc limit 300) l
            join task t on t.id = l.task_id
            group by t.kind
            """)
        .query(row -> {
          rest.put(
              constant(row, "kind", TaskKind.class),
              Duration.ofMillis(Math.round(row.getDouble("seconds") * 1000)));
        });
    return rest;
  }
}
