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
 * The audit trail. An entry is written with the deed, in one transaction. Right after, {@link
 * Chain} links it to all that were written before: a link's hash covers the entry's text and the
 * link before, so that a change, a gap or a new order anywhere shows at {@link #firstBrokenEntry}.
 */
public final class Audit {

  private static final String RECORD =
      "with "
          + entering("values (:actor, :team::uuid, :action, :thing, :detail::jsonb)")
          + "select id from audit";

  private final Transactions transactions;

  public Audit(Transactions transactions) {
    this.transactions = transactions;
  }

  /**
   * Writes an entry in the caller's transaction, so that deed and entry become true together.
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
    jdbc.sql(RECORD)
        .param("actor", actor)
        .param("team", team)
        .param("action", action)
        .param("thing", thing)
        .param("detail", Json.write(detail))
        .query(_ -> {});
  }

  /**
   * Part of a statement that does a deed: enters it as often as {@code rows} has actor, team,
   * action, thing and detail.
   */
  public static String entering(String rows) {
    return """
    audit as (
      insert into audit (actor, team_id, action, thing, detail) %s returning id
    ), audit_unlinked as (
      insert into audit_unlinked (entry) select id from audit
    )
    """
        .formatted(rows);
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

  /** Links what is not linked yet and reads the whole chain; empty if every entry is as it was. */
  public Optional<Long> firstBrokenEntry(Principal admin) {
    admin.requirePlatformAdmin();
    Chain.linkAll(transactions);
    return transactions.withoutTeam(Chain::firstBroken);
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
