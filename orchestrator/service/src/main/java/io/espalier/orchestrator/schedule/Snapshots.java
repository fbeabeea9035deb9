package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.millisOrNull;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.Rules;
import io.espalier.domain.schedule.RunTime;
import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Maintenance;
import io.espalier.domain.schedule.Snapshot.Quota;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
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
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what a plan depends on: heads of queues, live leases, accounts, quotas, hosts. */
final class Snapshots {

  /**
   * What one cycle plans on.
   *
   * @param told by task
   * @param last tasks behind which more of their queue wait than were read
   */
  record Read(Snapshot snapshot, Map<UUID, WaitingTasks.Told> told, Set<UUID> last) {}

  /** For a cycle. */
  static Read read(JdbcClient jdbc, Terms terms, Duration silence) {
    return read(jdbc, terms, silence, waiting -> waiting.readForCycle(jdbc));
  }

  /** To look ahead for one task. */
  static Snapshot readAround(JdbcClient jdbc, Terms terms, Duration silence, UUID task) {
    return read(jdbc, terms, silence, waiting -> waiting.readAround(jdbc, task)).snapshot();
  }

  private static Read read(
      JdbcClient jdbc, Terms terms, Duration silence, Consumer<WaitingTasks> tasks) {
    var now =
        jdbc.sql("select clock_timestamp() as now").query((row, _) -> instant(row, "now")).single();
    var hosts = hosts(jdbc, silence);
    var running = running(jdbc, now, hosts);
    var waiting = new WaitingTasks(free(hosts, running));
    tasks.accept(waiting);
    var snapshot =
        new Snapshot(
            now,
            terms,
            Rules.standard(),
            teams(jdbc),
            waiting.all(),
            running,
            hosts,
            maintenance(jdbc),
            Rates.current(jdbc));
    return new Read(snapshot, waiting.told(), waiting.last());
  }

  private static int free(List<Host> hosts, List<Running> running) {
    int slots = hosts.stream().filter(Host::live).mapToInt(host -> host.slots().size()).sum();
    return slots - running.stream().mapToInt(lease -> lease.slots().size()).sum();
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

  static PriorityClass priority(ResultSet row) throws SQLException {
    return switch (row.getInt("priority")) {
      case 0 -> PriorityClass.URGENT;
      case 1 -> PriorityClass.NORMAL;
      default -> PriorityClass.SCAVENGER;
    };
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
