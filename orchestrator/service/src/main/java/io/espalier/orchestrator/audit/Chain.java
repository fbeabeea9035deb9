package io.espalier.orchestrator.audit;

import io.espalier.orchestrator.database.Transactions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

/**
 * Links entries of the audit trail, on a thread of its own: a deed never waits for the end of the
 * chain. What is to be linked is queued by the deed's own transaction, so nothing is left out
 * however a node ends; which node links it does not matter.
 */
public final class Chain implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Chain.class);

  // Any number will do, as long as nothing else in the database locks on it.
  private static final long LOCK = 0x617564697421L;

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int MOST_AT_ONCE = 1000;

  // An array keeps the parts apart whatever they contain; jsonb has one text per value.
  private static final String TEXT =
      """
      jsonb_build_array(
        a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor, a.team_id,
        a.action, a.thing, a.detail
      )::text
      """;

  private final Transactions transactions;
  private @Nullable Thread thread;

  public Chain(Transactions transactions) {
    this.transactions = transactions;
  }

  public synchronized void start() {
    if (thread != null) return;
    thread = Thread.ofVirtual().name("audit-chain").start(this::run);
  }

  @Override
  public synchronized void close() {
    if (thread != null) thread.interrupt();
    thread = null;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PAUSE);
        try {
          linkAll(transactions);
        } catch (DataAccessException | TransactionException e) {
          LOG.warn("Audit entries could not be linked and are tried again: {}", e.getMessage());
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Links what has been committed by now. */
  static void linkAll(Transactions transactions) {
    while (transactions.asPlanner(Chain::link) == MOST_AT_ONCE) {}
  }

  private record Entry(long id, String text) {}

  /** {@code hash} in hexadecimal. */
  private record Last(long number, String hash) {
    static final Last NONE = new Last(0, "");
  }

  /** How many entries were linked. */
  private static int link(JdbcClient jdbc) {
    if (!isAnyUnlinked(jdbc)) return 0;
    // A statement of its own: the next ones must see what was committed while it waited.
    jdbc.sql("select pg_advisory_xact_lock(:lock)").param("lock", LOCK).query(_ -> {});
    var entries =
        jdbc.sql(
                """
                with taken as (
                  delete from audit_unlinked where entry in (
                    select entry from audit_unlinked order by entry limit :most
                  ) returning entry
                )
                select a.id, %s as text from taken join audit a on a.id = taken.entry order by a.id
                """
                    .formatted(TEXT))
            .param("most", MOST_AT_ONCE)
            .query((row, _) -> new Entry(row.getLong("id"), row.getString("text")))
            .list();
    var last = last(jdbc);
    var numbers = new Long[entries.size()];
    var ids = new Long[entries.size()];
    var before = new String[entries.size()];
    var hashes = new String[entries.size()];
    String hash = last.hash();
    for (int i = 0; i < entries.size(); i++) {
      numbers[i] = last.number() + 1 + i;
      ids[i] = entries.get(i).id();
      before[i] = hash;
      hash = hash(hash, entries.get(i).text());
      hashes[i] = hash;
    }
    jdbc.sql(
            """
            insert into audit_link (number, entry, previous, hash)
            select l.number, l.entry, decode(l.previous, 'hex'), decode(l.hash, 'hex')
            from unnest(:numbers::bigint[], :ids::bigint[], :before::text[], :hashes::text[])
              as l (number, entry, previous, hash)
            """)
        .param("numbers", numbers)
        .param("ids", ids)
        .param("before", before)
        .param("hashes", hashes)
        .update();
    return entries.size();
  }

  private static boolean isAnyUnlinked(JdbcClient jdbc) {
    return jdbc.sql("select exists (select 1 from audit_unlinked)").query(Boolean.class).single();
  }

  private static Last last(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select number, encode(hash, 'hex') as hash from audit_link order by number desc limit 1
            """)
        .query((row, _) -> new Last(row.getLong("number"), row.getString("hash")))
        .optional()
        .orElse(Last.NONE);
  }

  private static String hash(String previous, String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(HexFormat.of().parseHex(previous));
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** The first entry that was altered, removed, moved or left out. */
  static Optional<Long> firstBroken(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select min(entry) from (
              select l.entry,
                a.id is null or l.hash is distinct from
                  sha256(l.previous || convert_to(%s, 'UTF8')) as altered,
                l.previous is distinct from lag(l.hash, 1, '\\x'::bytea) over (order by l.number)
                  as unchained,
                l.number is distinct from lag(l.number, 1, 0::bigint) over (order by l.number) + 1
                  as gap
              from audit_link l left join audit a on a.id = l.entry
            ) checked
            where altered or unchained or gap
            union all
            select min(a.id) from audit a
            where not exists (select 1 from audit_link l where l.entry = a.id)
              and not exists (select 1 from audit_unlinked u where u.entry = a.id)
            order by 1 nulls last limit 1
            """
                .formatted(TEXT))
        .query((row, _) -> Optional.ofNullable(row.getObject(1, Long.class)))
        .single();
  }
}
