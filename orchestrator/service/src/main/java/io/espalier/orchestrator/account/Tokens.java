package io.espalier.orchestrator.account;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.database.Transactions;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tokens for programs: {@code esp_ID_SECRET}, of which only the hash is stored. A token speaks for
 * its user until it expires, is revoked, or the password changes.
 */
public final class Tokens {

  public static final Duration LONGEST_VALIDITY = Duration.ofDays(366);

  private static final Pattern FORM =
      Pattern.compile("esp_([a-z0-9]{1,40})_([A-Za-z0-9_-]{1,100})");
  private static final int ID_LENGTH = 12;

  /** Every call of a program asks this, so it is one statement. */
  private static final String VALID =
      """
      select t.secret_hash, %s,
             t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as long_ago
      from %s join api_token t on t.user_id = u.id
      where t.id = :id and t.revoked_at is null and t.expires_at > now() and not u.disabled
      """
          .formatted(Principals.COLUMNS, Principals.USER);

  private final Transactions transactions;
  private final Audit audit;
  private final Secrets secrets = new Secrets();

  public Tokens(Transactions transactions, Audit audit) {
    this.transactions = transactions;
    this.audit = audit;
  }

  /** {@code token} is shown this once. */
  public record Created(String id, String token, Instant expiresAt) {

    @Override
    public String toString() {
      return "token " + id;
    }
  }

  public record View(
      String id,
      String name,
      Instant createdAt,
      Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable Instant revokedAt) {}

  public Created create(Principal user, String name, Duration validity) {
    if (name.isBlank() || name.length() > 100) {
      throw new Refused(
          Problem.of(
                  "token-name",
                  Category.INVALID,
                  "name",
                  "The name of the token is empty or too long.",
                  "Name the program that will use it.")
              .found(name.length() + " characters")
              .allowed("1 to 100 characters"));
    }
    if (!validity.isPositive() || validity.compareTo(LONGEST_VALIDITY) > 0) {
      throw new Refused(
          Problem.of(
                  "token-validity",
                  Category.INVALID,
                  "validity",
                  "A token must expire, and within a year.",
                  "Choose a shorter time; a new token can be made at any time.")
              .found(validity)
              .allowed(LONGEST_VALIDITY));
    }
    var id = secrets.legible(ID_LENGTH);
    var secret = secrets.secret();
    return transactions.withoutTeam(jdbc -> {
      var expiresAt =
          jdbc.sql(
                  """
                  insert into api_token (id, user_id, name, secret_hash, expires_at)
                  values (:id, :user, :name, :hash, now() + make_interval(secs => :seconds))
                  returning expires_at
                  """)
              .param("id", id)
              .param("user", user.userId())
              .param("name", name.strip())
              .param("hash", Secrets.hash(secret))
              .param("seconds", validity.toSeconds())
              .query(Timestamp.class)
              .single()
              .toInstant();
      audit.record(jdbc, user.login(), null, "create", "token " + id, Map.of("name", name.strip()));
      return new Created(id, "esp_" + id + "_" + secret, expiresAt);
    });
  }

  /** Whom {@code token} speaks for; empty if it is not valid, for whatever reason. */
  public Optional<Principal> principal(String token) {
    var parts = FORM.matcher(token);
    if (!parts.matches()) return Optional.empty();
    var id = parts.group(1);
    var hash = Secrets.hash(parts.group(2));
    record Used(Principal by, boolean longAgo) {}
    return transactions.statementsWithoutTeam(jdbc -> {
      var used =
          jdbc.sql(VALID)
              .param("id", id)
              .query(rows -> {
                if (!rows.next() || !MessageDigest.isEqual(hash, rows.getBytes("secret_hash"))) {
                  return Optional.<Used>empty();
                }
                boolean longAgo = rows.getBoolean("long_ago");
                return Optional.of(new Used(Principals.read(rows), longAgo));
              });
      if (used.isPresent() && used.get().longAgo()) {
        jdbc.sql("update api_token set last_used_at = now() where id = :id")
            .param("id", id)
            .update();
      }
      return used.map(Used::by);
    });
  }

  public List<View> list(Principal user) {
    return transactions.withoutTeam(jdbc ->
        jdbc.sql(
                """
                select id, name, created_at, expires_at, last_used_at, revoked_at
                from api_token where user_id = :user order by created_at desc, id
                """)
            .param("user", user.userId())
            .query((row, _) ->
                new View(
                    row.getString("id"),
                    row.getString("name"),
                    row.getTimestamp("created_at").toInstant(),
                    row.getTimestamp("expires_at").toInstant(),
                    instant(row.getTimestamp("last_used_at")),
                    instant(row.getTimestamp("revoked_at"))))
            .list());
  }

  public void revoke(Principal user, String id) {
    transactions.withoutTeam(jdbc -> {
      int revoked =
          jdbc.sql(
                  """
                  update api_token set revoked_at = now()
                  where id = :id and user_id = :user and revoked_at is null
                  """)
              .param("id", id)
              .param("user", user.userId())
              .update();
      if (revoked == 0) {
        throw new Refused(
            Problem.of(
                "not-found",
                Category.NOT_FOUND,
                "token " + id,
                "There is no such valid token of yours.",
                "List your tokens."));
      }
      audit.record(jdbc, user.login(), null, "revoke", "token " + id, Map.of());
      return null;
    });
  }

  private static @Nullable Instant instant(@Nullable Timestamp at) {
    return at == null ? null : at.toInstant();
  }
}
