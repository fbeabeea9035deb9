package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.Rules;
import io.espalier.domain.schedule.Shape;
import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what a plan depends on: the oldest waiting tasks of each team, accounts, hosts. */
final class Snapshots {

  /** More than this of one team cannot be granted in one cycle. */
  private static final int MOST_PER_TEAM = 200;

  static Snapshot read(JdbcClient jdbc, Terms terms, Duration silence) {
    return new Snapshot(
        now(jdbc),
        terms,
        Rules.standard(),
        teams(jdbc),
        waiting(jdbc),
        running(jdbc),
        hosts(jdbc, silence),
        List.of());
  }

  private static Instant now(JdbcClient jdbc) {
    return jdbc.sql("select clock_timestamp() as now")
        .query((row, _) -> instant(row, "now"))
        .single();
  }

  private static List<Team> teams(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select t.id, t.weight, coalesce(a.funded + a.overdraft - a.held - a.spent, 0) as free
            from team t
            left join budget_account a on a.team_id = t.id and a.job_id is null
            order by t.id
            """)
        .query((row, _) ->
            new Team(uuid(row, "id"), gpuTime(row, "free"), row.getInt("weight"), Map.of()))
        .list();
  }

  private static List<Waiting> waiting(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select id, version, job_id, job_version, team_id, owner_id, kind, parked, pool,
                   need_millis, cap_free, submitted_at
            from (
              select k.id, k.version, k.job_id, j.version as job_version, k.team_id, j.owner_id,
                     k.kind, j.pause_reason is not distinct from 'BUDGET' as parked, k.pool,
                     k.need_millis,
                     a.funded + a.overdraft - a.held - a.spent as cap_free, j.submitted_at,
                     row_number() over (partition by k.team_id order by j.submitted_at, k.id) as turn
              from task k
              join job j on j.id = k.job_id
              join budget_account a on a.job_id = j.id
              where k.state = 'WAITING' and (j.state <> 'PAUSED' or j.pause_reason in ('BUDGET', 'DRAIN', 'PREEMPTED', 'MAINTENANCE'))
            ) queued
            where turn <= :most
            order by team_id, turn
            """)
        .param("most", MOST_PER_TEAM)
        .query((row, _) ->
            new Waiting(
                uuid(row, "id"),
                row.getLong("version"),
                uuid(row, "job_id"),
                row.getLong("job_version"),
                uuid(row, "team_id"),
                uuid(row, "owner_id"),
                0,
                constant(row, "kind", TaskKind.class),
                row.getBoolean("parked"),
                Shape.SINGLE.in(row.getString("pool")),
                PriorityClass.NORMAL,
                gpuTime(row, "need_millis"),
                gpuTime(row, "cap_free"),
                instant(row, "submitted_at"),
                null,
                null,
                null,
                List.of()))
        .list();
  }

  private static List<Running> running(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select l.id, l.task_id, l.job_id, l.team_id, l.agent_id, l.granted_at,
                   l.wish <> 'RUN' as yielding, array_agg(s.id order by s.index) as slots,
                   min(s.pool) as pool, clock_timestamp() - l.granted_at as age
            from lease l
            join lease_slot ls on ls.lease_id = l.id
            join slot s on s.id = ls.slot_id
            where l.state = 'LIVE'
            group by l.id
            """)
        .query((row, _) ->
            new Running(
                uuid(row, "id"),
                uuid(row, "task_id"),
                uuid(row, "job_id"),
                uuid(row, "team_id"),
                uuid(row, "agent_id"),
                List.of((UUID[]) row.getArray("slots").getArray()),
                row.getString("pool"),
                PriorityClass.NORMAL,
                instant(row, "granted_at"),
                row.getBoolean("yielding"),
                null,
                Duration.ZERO,
                null,
                0))
        .list();
  }

  private static List<Host> hosts(JdbcClient jdbc, Duration silence) {
    record OfAgent(UUID id, String name, boolean live, boolean draining) {}
    var slots = new LinkedHashMap<OfAgent, List<Slot>>();
    jdbc.sql(
            """
            select a.id as agent_id, a.name, a.draining,
                   coalesce(a.last_seen_at > now() - :silence * interval '1 millisecond', false) as live,
                   s.id, s.index, s.pool, s.memory_bytes,
                   case when not s.present then 'ABSENT' when not s.enabled then 'DISABLED' end as closed
            from agent a join slot s on s.agent_id = a.id
            order by a.name, a.id, s.index
            """)
        .param("silence", silence.toMillis())
        .query(row -> {
          slots
              .computeIfAbsent(
                  new OfAgent(
                      uuid(row, "agent_id"),
                      row.getString("name"),
                      row.getBoolean("live"),
                      row.getBoolean("draining")),
                  _ -> new ArrayList<>())
              .add(
                  new Slot(
                      uuid(row, "id"),
                      row.getInt("index"),
                      row.getString("pool"),
                      SlotKind.WHOLE,
                      new Bytes(row.getLong("memory_bytes")),
                      constantOrNull(row, "closed", Snapshot.Closed.class)));
        });
    return slots.entrySet().stream()
        .map(entry -> {
          var agent = entry.getKey();
          return new Host(
              agent.id(),
              agent.name(),
              agent.live(),
              agent.draining(),
              List.of(),
              List.copyOf(entry.getValue()));
        })
        .toList();
  }

  private Snapshots() {}
}
