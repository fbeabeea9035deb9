package io.espalier.orchestrator.agent;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.jsonOrNull;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.wire.Hello;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What agents say of themselves, in the caller's transaction. */
final class Hosts {

  private static final int MOST_CHARACTERS = 200;

  /**
   * Stores the facts and the slots; a slot that is no longer reported gets no more work. False if
   * the agent has said a later hello already.
   */
  static boolean store(JdbcClient jdbc, UUID agent, Hello.Request hello) {
    int latest =
        jdbc.sql(
                """
                update agent
                set facts = :facts::jsonb, last_seen_at = now(),
                    hello_number = greatest(hello_number, :number)
                where id = :id and (:number = 0 or hello_number < :number)
                """)
            .param("facts", Json.write(hello.host()))
            .param("number", hello.number())
            .param("id", agent)
            .update();
    if (latest == 0) return false;
    jdbc.sql("update slot set present = false where agent_id = :agent")
        .param("agent", agent)
        .update();
    for (var slot : hello.slots()) {
      var pool = Printable.line(slot.pool(), MOST_CHARACTERS);
      var device = slot.device() == null ? null : Printable.line(slot.device(), MOST_CHARACTERS);
      jdbc.sql("insert into pool (name) values (:name) on conflict (name) do nothing")
          .param("name", pool)
          .update();
      jdbc.sql(
              """
              insert into slot (agent_id, index, pool, memory_bytes, device, kind)
              values (:agent, :index, :pool, :memory, :device, :kind)
              on conflict (agent_id, index) do update
              set pool = excluded.pool, memory_bytes = excluded.memory_bytes,
                  device = excluded.device, kind = excluded.kind, present = true
              """)
          .param("agent", agent)
          .param("index", slot.index())
          .param("pool", pool)
          .param("memory", slot.memoryBytes())
          .param("device", device)
          .param("kind", (slot.kind() == null ? SlotKind.WHOLE : slot.kind()).name())
          .update();
    }
    return true;
  }

  /**
   * At most one write in ten seconds: it only has to be recent.
   *
   * @return whether it was written
   */
  static boolean seen(JdbcClient jdbc, UUID agent) {
    return jdbc.sql(
                """
                update agent set last_seen_at = now()
                where id = :id
                  and (last_seen_at is null or last_seen_at < now() - interval '10 seconds')
                """)
            .param("id", agent)
            .update()
        == 1;
  }

  static List<AgentView> list(JdbcClient jdbc, Duration silence) {
    var slots = new HashMap<UUID, List<AgentView.Slot>>();
    jdbc.sql(
            """
            select s.agent_id, s.index, s.pool, s.memory_bytes, s.device, s.present, s.enabled,
                   l.job_id
            from slot s
            left join lease_slot ls on ls.slot_id = s.id and ls.live
            left join lease l on l.id = ls.lease_id
            order by s.agent_id, s.index
            """)
        .query(row -> {
          slots
              .computeIfAbsent(uuid(row, "agent_id"), _ -> new ArrayList<>())
              .add(
                  new AgentView.Slot(
                      row.getInt("index"),
                      row.getString("pool"),
                      row.getLong("memory_bytes"),
                      row.getString("device"),
                      row.getBoolean("present"),
                      row.getBoolean("enabled"),
                      uuidOrNull(row, "job_id")));
        });
    return jdbc.sql(
            """
            select id, name, draining, facts, enrolled_at, last_seen_at,
                   coalesce(last_seen_at > now() - :silence * interval '1 millisecond', false) as live
            from agent order by name
            """)
        .param("silence", silence.toMillis())
        .query((row, _) ->
            new AgentView(
                uuid(row, "id"),
                row.getString("name"),
                row.getBoolean("live"),
                row.getBoolean("draining"),
                jsonOrNull(row, "facts", Hello.HostFacts.class),
                slots.getOrDefault(uuid(row, "id"), List.of()),
                instant(row, "enrolled_at"),
                instantOrNull(row, "last_seen_at")))
        .list();
  }

  private Hosts() {}
}
