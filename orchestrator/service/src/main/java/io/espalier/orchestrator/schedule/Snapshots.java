package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.moneyOrUnlimited;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.Rules;
import io.espalier.domain.schedule.RunTime;
import io.espalier.domain.schedule.Shape;
import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Maintenance;
import io.espalier.domain.schedule.Snapshot.Quota;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.unit.Bytes;
import io.espalier.orchestrator.budget.Rates;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what a plan depends on: heads of queues, live leases, accounts, quotas, hosts. */
final class Snapshots {

  /** What a task was last told about its waiting. */
  record Told(@Nullable WaitingReason reason, @Nullable String text) {}

  /** {@code told}: by task. */
  record Read(Snapshot snapshot, Map<UUID, Told> told) {}

  /** Of one queue, besides as many as there are free slots and can be granted in one cycle. */
  private static final int FEWEST_HEADS = 8;

  private static final String WAITING =
      """
      select k.id, k.version, k.job_id, j.version as job_version, k.team_id, k.owner_id, k.kind,
             j.pause_reason is not distinct from 'BUDGET' as parked, k.pool, k.slots, k.labels,
             k.priority, k.need_millis, a.funded + a.overdraft - a.held - a.spent as cap_free,
             a.money_funded - a.money_held - a.money_spent as cap_money, k.place,
             k.opens_at, j.deadline, k.predicted_millis, k.avoid_agent, k.waiting_reason,
             k.waiting_text,
             (k.progress ->> 'done')::int as done, (k.progress ->> 'total')::int as total,
             k.saved_at
      from task k
      join job j on j.id = k.job_id
      join budget_account a on a.job_id = j.id
      where k.state = 'WAITING' and (j.state <> 'PAUSED' or j.pause_reason <> 'USER')
      """;

  /**
   * The queues are found by skipping from one to the next in their index, however long they are.
   * The heads of one are read in the index's order and no further: bounded by the whole key from
   * both sides rather than by equality, since PostgreSQL takes what is equal for few rows, and
   * would join and sort all of a long queue.
   */
  private static final String HEADS =
      """
      with recursive queue as (
        (select team_id, shape, priority, owner_id from task where state = 'WAITING'
         order by team_id, shape, priority, owner_id limit 1)
        union all
        select n.team_id, n.shape, n.priority, n.owner_id
        from queue q cross join lateral (
          select team_id, shape, priority, owner_id from task
          where state = 'WAITING' and (team_id, shape, priority, owner_id)
                > (q.team_id, q.shape, q.priority, q.owner_id)
          order by team_id, shape, priority, owner_id limit 1) n)
      select h.*, coalesce(u.millis, 0) as usage
      from queue q
      cross join lateral (
      """
          + WAITING
          + """
                and (k.team_id, k.shape, k.priority, k.owner_id, k.place)
                    >= (q.team_id, q.shape, q.priority, q.owner_id, '-infinity'::timestamptz)
                and (k.team_id, k.shape, k.priority, k.owner_id, k.place)
                    <= (q.team_id, q.shape, q.priority, q.owner_id, 'infinity'::timestamptz)
                and (k.opens_at is null or k.opens_at <= now())
                and a.funded + a.overdraft - a.held - a.spent >= k.need_millis
              order by k.team_id, k.shape, k.priority, k.owner_id, k.place, k.id limit :most) h
          left join member_usage u on u.team_id = h.team_id and u.user_id = h.owner_id
          """;

  /** Tasks that are no heads, because they could not start anyway, and have not been told so. */
  private static final String SET_ASIDE =
      "select w.*, 0 as usage from ("
          + WAITING
          + """
            and (k.kind <> 'PROFILE' or k.epoch > 0)
            and a.funded + a.overdraft - a.held - a.spent < k.need_millis
            and k.waiting_reason is distinct from 'CAP' limit 200) w
          union all
          select w.*, 0 as usage from (
          """
          + WAITING
          + """
            and k.opens_at > now() and k.waiting_reason is distinct from 'START_WINDOW' limit 200) w
          """;

  static Read read(JdbcClient jdbc, Terms terms, Duration silence) {
    return read(jdbc, terms, silence, null);
  }

  /** {@code also}: a task that is to be among the waiting, head or not. */
  static Read read(JdbcClient jdbc, Terms terms, Duration silence, @Nullable UUID also) {
    var now =
        jdbc.sql("select clock_timestamp() as now").query((row, _) -> instant(row, "now")).single();
    var hosts = hosts(jdbc, silence);
    var running = running(jdbc, now, hosts);
    var told = new HashMap<UUID, Told>();
    var waiting =
        waiting(
            jdbc,
            Math.clamp(free(hosts, running), FEWEST_HEADS, FEWEST_HEADS + Planning.MOST_GRANTS),
            told);
    if (also != null && !told.containsKey(also)) {
      waiting.addAll(
          jdbc.sql("select w.*, 0 as usage from (" + WAITING + "and k.id = :task) w")
              .param("task", also)
              .query((row, _) -> waiting(row, told))
              .list());
    }
    var snapshot =
        new Snapshot(
            now,
            terms,
            Rules.standard(),
            teams(jdbc),
            List.copyOf(waiting),
            running,
            hosts,
            maintenance(jdbc),
            Rates.current(jdbc));
    return new Read(snapshot, told);
  }

  private static int free(List<Host> hosts, List<Running> running) {
    int slots = hosts.stream().filter(Host::live).mapToInt(host -> host.slots().size()).sum();
    return FEWEST_HEADS + slots - running.stream().mapToInt(lease -> lease.slots().size()).sum();
  }

  private static List<Team> teams(JdbcClient jdbc) {
    var quotas = new HashMap<UUID, Map<String, Quota>>();
    jdbc.sql("select team_id, pool, weight, guarantee, ceiling from team_quota")
        .query(row -> {
          int ceiling = row.getInt("ceiling");
          quotas
              .computeIfAbsent(uuid(row, "team_id"), _ -> new HashMap<>())
              .put(
                  row.getString("pool"),
                  new Quota(
                      row.getInt("weight"),
                      row.getInt("guarantee"),
                      row.getObject("ceiling") == null ? Quota.NO_CEILING : ceiling));
        });
    return jdbc.sql(
            """
            select t.id, t.weight, coalesce(a.funded + a.overdraft - a.held - a.spent, 0) as free,
                   coalesce(a.money_funded + a.money_overdraft - a.money_held - a.money_spent, 0)
                     as money
            from team t
            left join budget_account a on a.team_id = t.id and a.job_id is null
            order by t.id
            """)
        .query((row, _) ->
            new Team(
                uuid(row, "id"),
                gpuTime(row, "free"),
                money(row, "money"),
                row.getInt("weight"),
                quotas.getOrDefault(uuid(row, "id"), Map.of())))
        .list();
  }

  private static List<Waiting> waiting(JdbcClient jdbc, int most, Map<UUID, Told> told) {
    var waiting =
        new ArrayList<>(
            jdbc.sql(HEADS).param("most", most).query((row, _) -> waiting(row, told)).list());
    waiting.addAll(jdbc.sql(SET_ASIDE).query((row, _) -> waiting(row, told)).list());
    return waiting;
  }

  private static Waiting waiting(ResultSet row, Map<UUID, Told> told) throws SQLException {
    var task = uuid(row, "id");
    told.put(
        task,
        new Told(
            constantOrNull(row, "waiting_reason", WaitingReason.class),
            row.getString("waiting_text")));
    var savedAt = instantOrNull(row, "saved_at");
    var saved =
        savedAt == null || row.getObject("done") == null
            ? null
            : new RunTime.Progress(row.getInt("done"), row.getInt("total"), savedAt);
    var avoid = uuidOrNull(row, "avoid_agent");
    return new Waiting(
        task,
        row.getLong("version"),
        uuid(row, "job_id"),
        row.getLong("job_version"),
        uuid(row, "team_id"),
        uuid(row, "owner_id"),
        row.getDouble("usage"),
        constant(row, "kind", TaskKind.class),
        row.getBoolean("parked"),
        new Shape(
            row.getString("pool"),
            row.getInt("slots"),
            List.of((String[]) row.getArray("labels").getArray()),
            new Bytes(0)),
        priority(row),
        gpuTime(row, "need_millis"),
        gpuTime(row, "cap_free"),
        moneyOrUnlimited(row, "cap_money"),
        instant(row, "place"),
        instantOrNull(row, "opens_at"),
        instantOrNull(row, "deadline"),
        RunTime.ofWaiting(millisOrNull(row, "predicted_millis"), saved),
        avoid == null ? List.of() : List.of(avoid));
  }

  private static PriorityClass priority(ResultSet row) throws SQLException {
    return switch (row.getInt("priority")) {
      case 0 -> PriorityClass.URGENT;
      case 1 -> PriorityClass.NORMAL;
      default -> PriorityClass.SCAVENGER;
    };
  }

  private static @Nullable Duration millisOrNull(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Duration.ofMillis(millis);
  }

  private static List<Running> running(JdbcClient jdbc, Instant now, List<Host> hosts) {
    var slots = occupied(jdbc, hosts);
    return jdbc.sql(
            """
            select l.id, l.task_id, l.job_id, l.team_id, l.agent_id, l.granted_at,
                   l.wish <> 'RUN' as yielding, l.yield_by, t.kind, t.priority, t.preemptions,
                   t.predicted_millis, t.saved_at,
                   (t.timed_from ->> 'done')::int as from_done,
                   (t.timed_from ->> 'at')::timestamptz as from_at,
                   (t.progress ->> 'done')::int as done, (t.progress ->> 'total')::int as total,
                   (t.progress ->> 'at')::timestamptz as at
            from lease l join task t on t.id = l.task_id
            where l.state = 'LIVE'
            """)
        .query((row, _) -> running(row, slots.getOrDefault(uuid(row, "id"), List.of()), now))
        .list();
  }

  /** The slots of every live lease, by index. They are among the hosts', which are read already. */
  private static Map<UUID, List<Slot>> occupied(JdbcClient jdbc, List<Host> hosts) {
    var leases = new HashMap<UUID, UUID>();
    jdbc.sql("select lease_id, slot_id from lease_slot where live")
        .query(row -> {
          leases.put(uuid(row, "slot_id"), uuid(row, "lease_id"));
        });
    var occupied = new HashMap<UUID, List<Slot>>();
    for (var host : hosts) {
      for (var slot : host.slots()) {
        var lease = leases.get(slot.id());
        if (lease != null) occupied.computeIfAbsent(lease, _ -> new ArrayList<>(1)).add(slot);
      }
    }
    return occupied;
  }

  private static Running running(ResultSet row, List<Slot> slots, Instant now) throws SQLException {
    var grantedAt = instant(row, "granted_at");
    var savedAt = instantOrNull(row, "saved_at");
    var unsaved =
        Duration.between(savedAt != null && savedAt.isAfter(grantedAt) ? savedAt : grantedAt, now);
    return new Running(
        uuid(row, "id"),
        uuid(row, "task_id"),
        uuid(row, "job_id"),
        uuid(row, "team_id"),
        uuid(row, "agent_id"),
        constant(row, "kind", TaskKind.class),
        slots.stream().map(Slot::id).toList(),
        slots.getFirst().pool(),
        priority(row),
        grantedAt,
        row.getBoolean("yielding"),
        RunTime.ofRunning(
            millisOrNull(row, "predicted_millis"),
            grantedAt,
            progress(row, "from_done", "from_at"),
            progress(row, "done", "at"),
            now),
        unsaved.isNegative() ? Duration.ZERO : unsaved,
        instantOrNull(row, "yield_by"),
        row.getInt("preemptions"));
  }

  private static RunTime.@Nullable Progress progress(ResultSet row, String done, String at)
      throws SQLException {
    var moment = instantOrNull(row, at);
    return moment == null
        ? null
        : new RunTime.Progress(row.getInt(done), row.getInt("total"), moment);
  }

  private static List<Host> hosts(JdbcClient jdbc, Duration silence) {
    var slots = new LinkedHashMap<UUID, List<Slot>>();
    jdbc.sql(
            """
            select agent_id, id, index, pool, kind, memory_bytes,
                   case when not present then 'ABSENT' when not enabled then 'DISABLED'
                        when quarantined_at is not null then 'QUARANTINED' end as closed
            from slot order by agent_id, index
            """)
        .query(row -> {
          slots
              .computeIfAbsent(uuid(row, "agent_id"), _ -> new ArrayList<>())
              .add(
                  new Slot(
                      uuid(row, "id"),
                      row.getInt("index"),
                      row.getString("pool"),
                      constant(row, "kind", SlotKind.class),
                      new Bytes(row.getLong("memory_bytes")),
                      constantOrNull(row, "closed", Snapshot.Closed.class)));
        });
    return jdbc.sql(
            """
            select id, name, draining, labels,
                   coalesce(last_seen_at > now() - :silence * interval '1 millisecond', false) as live
            from agent order by name, id
            """)
        .param("silence", silence.toMillis())
        .query((row, _) ->
            new Host(
                uuid(row, "id"),
                row.getString("name"),
                row.getBoolean("live"),
                row.getBoolean("draining"),
                List.of((String[]) row.getArray("labels").getArray()),
                slots.getOrDefault(uuid(row, "id"), List.of())))
        .list();
  }

  private static List<Maintenance> maintenance(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select id, starts_at, ends_at, agent_id, pool from maintenance
            where ends_at > now() order by starts_at, id
            """)
        .query((row, _) ->
            new Maintenance(
                uuid(row, "id"),
                instant(row, "starts_at"),
                instant(row, "ends_at"),
                uuidOrNull(row, "agent_id"),
                row.getString("pool")))
        .list();
  }

  private Snapshots() {}
}
