package io.espalier.orchestrator.audit;

import static io.espalier.orchestrator.database.Columns.parameter;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The audit trail. An entry's hash covers its own text and the hash before it, so that a change, a
 * gap or a new order anywhere shows at {@link #firstBrokenEntry}.
 */
public final class Audit {

  // Any number will do, as long as nothing else in the database locks on it.
  private static final long CHAIN_LOCK = 0x617564697421L;

  // An array keeps the parts apart whatever they contain; jsonb has one text per value.
  private static final String HASH_OF_ENTRY =
      """
      sha256(previous || convert_to(jsonb_build_array(
        id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor, team_id, action, thing, detail
      )::text, 'UTF8'))
      """;

  private final Transactions transactions;

  public Audit(Transactions transactions) {
    this.transactions = transactions;
  }

  /**
   * Writes an entry in the caller's transaction, so that deed and entry become true together. Call
   * it last: the end of the chain stays locked until the transaction ends.
   *
   * @param actor login of a person, or {@code agent:NAME}
   * @param action a verb, such as {@code submit}
   * @param thing what it was done to, such as {@code job 6f1c…}
   */
  public void record(
      JdbcClient jdbc,
      String actor,
      @Nullable UUID team,
      String action,
      String thing,
      Map<String, ?> detail) {
    // A statement of its own: the next one must see what was committed while it waited.
    jdbc.sql("select pg_advisory_xact_lock(:lock)").param("lock", CHAIN_LOCK).query(_ -> {});
    jdbc.sql(
            """
            with last as (
              select id, hash from audit order by id desc limit 1
            ), entry as (
              select coalesce((select id from last), 0) + 1 as id, clock_timestamp() as at,
                :actor::text as actor, :team::uuid as team_id, :action::text as action,
                :thing::text as thing, :detail::jsonb as detail,
                coalesce((select hash from last), '\\x'::bytea) as previous
            )
            insert into audit (id, at, actor, team_id, action, thing, detail, previous, hash)
            select id, at, actor, team_id, action, thing, detail, previous, %s from entry
            """
                .formatted(HASH_OF_ENTRY))
        .param("actor", actor)
        .param("team", team)
        .param("action", action)
        .param("thing", thing)
        .param("detail", Json.write(detail))
        .update();
  }

  /** Entries that {@code filter} lets through, newest first. */
  public Page<Entry> page(Principal admin, AuditFilter filter, PageRequest page) {
    admin.requirePlatformAdmin();
    var entries =
        transactions.withoutTeam(jdbc ->
            jdbc.sql(
                    """
                    select a.id, a.at, a.actor, a.team_id, t.name as team_name, a.action, a.thing,
                           a.detail::text as detail
                    from audit a left join team t on t.id = a.team_id
                    where strpos(lower(a.actor), lower(:actor)) > 0
                      and strpos(lower(a.action), lower(:action)) > 0
                      and strpos(lower(a.thing), lower(:thing)) > 0
                      and (:since::timestamptz is null or a.at >= :since::timestamptz)
                      and (:until::timestamptz is null or a.at < :until::timestamptz)
                      and (:after::bigint is null or a.id < :after::bigint)
                    order by a.id desc limit :limit
                    """)
                .param("actor", filter.actor().strip())
                .param("action", filter.action().strip())
                .param("thing", filter.thing().strip())
                .param("since", filter.since() == null ? null : parameter(filter.since()))
                .param("until", filter.until() == null ? null : parameter(filter.until()))
                .param("after", page.afterNumber())
                .param("limit", page.size() + 1)
                .query((row, _) ->
                    new Entry(
                        row.getLong("id"),
                        row.getTimestamp("at").toInstant(),
                        row.getString("actor"),
                        row.getObject("team_id", UUID.class),
                        row.getString("team_name"),
                        row.getString("action"),
                        row.getString("thing"),
                        row.getString("detail")))
                .list());
    return Page.of(entries, page, Entry::id);
  }

  /** Reads the whole chain; empty if every entry follows from the one before it. */
  public Optional<Long> firstBrokenEntry(Principal admin) {
    admin.requirePlatformAdmin();
    return transactions.withoutTeam(jdbc ->
        jdbc.sql(
                """
                select min(id) from (
                  select id, hash is distinct from %s as altered,
                    previous is distinct from lag(hash, 1, '\\x'::bytea) over (order by id)
                      as unchained,
                    id is distinct from lag(id, 1, 0::bigint) over (order by id) + 1 as gap
                  from audit
                ) checked
                where altered or unchained or gap
                """
                    .formatted(HASH_OF_ENTRY))
            .query((row, _) -> Optional.ofNullable(row.getObject(1, Long.class)))
            .single());
  }

  /** {@code detail} is JSON. */
  public record Entry(
      long id,
      Instant at,
      String actor,
      @Nullable UUID team,
      @Nullable String teamName,
      String action,
      String thing,
      String detail) {}
}
