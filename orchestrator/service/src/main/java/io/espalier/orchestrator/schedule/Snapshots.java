package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.moneyOrUnlimited;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.orchestrator.budget.Rates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what a plan depends on: the oldest waiting tasks of each team, accounts, hosts. */
final class Snapshots {

  /** More than this of one team cannot be granted in one cycle. */
  private static final int MOST_PER_TEAM = 200;

  static Snapshot read(JdbcClient jdbc, Terms terms, Duration silence) {
    var rate = Rates.dearest(jdbc);
    return new Snapshot(terms, teams(jdbc, rate), waiting(jdbc, rate), hosts(jdbc, silence));
  }

  private static List<Team> teams(JdbcClient jdbc, Rate rate) {
    return jdbc.sql(
            """
            select t.id, t.weight, coalesce(s.slots, 0) as slots,
                   coalesce(a.funded + a.overdraft - a.held - a.spent, 0) as free,
                   coalesce(a.money_funded + a.money_overdraft - a.money_held - a.money_spent, 0)
                     as money
            from team t
            left join budget_account a on a.team_id = t.id and a.job_id is null
            left join (
              select l.team_id, count(*) as slots
              from lease l join lease_slot ls on ls.lease_id = l.id
              where l.state = 'LIVE' group by l.team_id
            ) s on s.team_id = t.id
            where exists (select 1 from task k where k.team_id = t.id and k.state = 'WAITING')
            order by t.id
            """)
        .query((row, _) ->
            new Team(
                uuid(row, "id"),
                row.getInt("weight"),
                row.getInt("slots"),
                new Amount(gpuTime(row, "free"), money(row, "money")).payable(rate)))
        .list();
  }

  private static List<Waiting> waiting(JdbcClient jdbc, Rate rate) {
    return jdbc.sql(
            """
            select id, version, job_id, job_version, team_id, kind, parked, pool, need_millis,
                   cap_free, cap_money, submitted_at
            from (
              select k.id, k.version, k.job_id, j.version as job_version, k.team_id, k.kind,
                     j.pause_reason is not distinct from 'BUDGET' as parked, k.pool, k.need_millis,
                     a.funded + a.overdraft - a.held - a.spent as cap_free,
                     a.money_funded - a.money_held - a.money_spent as cap_money, j.submitted_at,
                     row_number() over (partition by k.team_id order by j.submitted_at, k.id) as turn
              from task k
              join job j on j.id = k.job_id
              join budget_account a on a.job_id = j.id
              where k.state = 'WAITING' and (j.state <> 'PAUSED' or j.pause_reason <> 'USER')
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
                constant(row, "kind", TaskKind.class),
                row.getBoolean("parked"),
                row.getString("pool"),
                gpuTime(row, "need_millis"),
                new Amount(gpuTime(row, "cap_free"), moneyOrUnlimited(row, "cap_money"))
                    .payable(rate),
                instant(row, "submitted_at")))
        .list();
  }

  private static List<Host> hosts(JdbcClient jdbc, Duration silence) {
    record OfAgent(UUID id, String name, boolean live, boolean draining) {}
    var slots = new LinkedHashMap<OfAgent, List<Slot>>();
    jdbc.sql(
            """
            select a.id as agent_id, a.name, a.draining,
                   coalesce(a.last_seen_at > now() - :silence * interval '1 millisecond', false) as live,
                   s.id, s.index, s.pool, s.present and s.enabled and s.quarantined_at is null as usable,
                   exists (select 1 from lease_slot ls where ls.slot_id = s.id and ls.live) as busy
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
                      row.getBoolean("usable"),
                      row.getBoolean("busy")));
        });
    return slots.entrySet().stream()
        .map(entry -> {
          var agent = entry.getKey();
          return new Host(
              agent.id(),
              agent.name(),
              agent.live(),
              agent.draining(),
              List.copyOf(entry.getValue()));
        })
        .toList();
  }

  private Snapshots() {}
}
