package io.espalier.orchestrator.agent;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.jsonOrNull;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.wire.Hello;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.orchestrator.page.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The cluster as people see it: every host, what runs on it, and what waits. It reads across teams,
 * so each row says only {@link Whose} it is as far as the reader may know.
 */
public final class Cluster {

  private final Transactions transactions;
  private final AgentTimes times;

  public Cluster(Transactions transactions, AgentTimes times) {
    this.transactions = transactions;
    this.times = times;
  }

  /** All agents by name, each with its slots by index. */
  public List<Host> hosts(Principal who) {
    return transactions.asPlanner(jdbc -> hosts(jdbc, slots(jdbc, who)));
  }

  private List<Host> hosts(JdbcClient jdbc, Map<UUID, List<Host.Slot>> slots) {
    return jdbc.sql(
            """
            select id, name, draining, labels, facts, enrolled_at, last_seen_at,
                   coalesce(last_seen_at > now() - :silence * interval '1 millisecond', false) as live
            from agent order by name
            """)
        .param("silence", times.silence().toMillis())
        .query((row, _) ->
            new Host(
                uuid(row, "id"),
                row.getString("name"),
                row.getBoolean("live"),
                row.getBoolean("draining"),
                List.of((String[]) row.getArray("labels").getArray()),
                jsonOrNull(row, "facts", Hello.HostFacts.class),
                slots.getOrDefault(uuid(row, "id"), List.of()),
                instant(row, "enrolled_at"),
                instantOrNull(row, "last_seen_at")))
        .list();
  }

  private static Map<UUID, List<Host.Slot>> slots(JdbcClient jdbc, Principal who) {
    var slots = new HashMap<UUID, List<Host.Slot>>();
    jdbc.sql(
            """
            select s.agent_id, s.index, s.pool, s.memory_bytes, s.device, s.present, s.enabled,
                   s.quarantine_reason,
                   j.team_id, m.name as team_name, j.id as job_id, j.name as job_name,
                   t.kind, l.granted_at
            from slot s
            left join lease_slot ls on ls.slot_id = s.id and ls.live
            left join lease l on l.id = ls.lease_id
            left join task t on t.id = l.task_id
            left join job j on j.id = l.job_id
            left join team m on m.id = j.team_id
            order by s.agent_id, s.index
            """)
        .query(row -> {
          slots
              .computeIfAbsent(uuid(row, "agent_id"), _ -> new ArrayList<>())
              .add(
                  new Host.Slot(
                      row.getInt("index"),
                      row.getString("pool"),
                      row.getLong("memory_bytes"),
                      row.getString("device"),
                      row.getBoolean("present"),
                      row.getBoolean("enabled"),
                      row.getString("quarantine_reason"),
                      work(row, who)));
        });
    return slots;
  }

  private static Host.@Nullable Work work(ResultSet row, Principal who) throws SQLException {
    if (uuidOrNull(row, "job_id") == null) return null;
    return new Host.Work(
        whose(row, who), constant(row, "kind", TaskKind.class), instant(row, "granted_at"));
  }

  private static Whose whose(ResultSet row, Principal who) throws SQLException {
    return Whose.of(
        who,
        uuid(row, "team_id"),
        row.getString("team_name"),
        uuid(row, "job_id"),
        row.getString("job_name"));
  }

  /** What waits for a slot, longest first. */
  public Page<Waiting> queue(Principal who, PageRequest page) {
    var after = page.after() == null ? null : Position.parse(page.after());
    var waiting =
        transactions.asPlanner(jdbc ->
            jdbc.sql(
                    """
                    select t.id, t.kind, t.waiting_reason, t.waiting_text, t.queued_at,
                           j.team_id, m.name as team_name, j.id as job_id, j.name as job_name
                    from task t
                    join job j on j.id = t.job_id
                    join team m on m.id = j.team_id
                    where t.state = 'WAITING' and j.pause_reason is distinct from 'USER'
                      and (:at::timestamptz is null
                           or (t.queued_at, t.id) > (:at::timestamptz, :id::uuid))
                    order by t.queued_at, t.id limit :limit
                    """)
                .param("at", after == null ? null : parameter(after.at()))
                .param("id", after == null ? null : after.id())
                .param("limit", page.size() + 1)
                .query((row, _) -> waiting(row, who))
                .list());
    return Page.of(waiting, page, task -> new Position(task.since(), task.task()));
  }

  private static Waiting waiting(ResultSet row, Principal who) throws SQLException {
    var whose = whose(row, who);
    return new Waiting(
        uuid(row, "id"),
        whose,
        constant(row, "kind", TaskKind.class),
        constantOrNull(row, "waiting_reason", WaitingReason.class),
        whose instanceof Whose.Somebodys ? null : row.getString("waiting_text"),
        instant(row, "queued_at"));
  }
}
