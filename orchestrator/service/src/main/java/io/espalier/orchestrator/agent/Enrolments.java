package io.espalier.orchestrator.agent;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Enrolment;
import io.espalier.orchestrator.database.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Join tokens and credentials, in the caller's transaction. Only their hashes are stored. */
final class Enrolments {

  private static final String JOIN = "esp_join_";
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._-]{1,100}");
  private static final String CREDENTIAL = "esp_agent_";

  static String joinToken(JdbcClient jdbc, Duration life) {
    var token = Secrets.next(JOIN);
    jdbc.sql(
            """
            insert into join_token (token_hash, expires_at)
            values (:hash, now() + :life * interval '1 millisecond')
            """)
        .param("hash", Secrets.hash(token))
        .param("life", life.toMillis())
        .update();
    return token;
  }

  static Enrolment.Answer enrol(JdbcClient jdbc, Enrolment.Request request, Duration life) {
    if (!NAME.matcher(request.name()).matches()) throw new Refused(badName(request.name()));
    int used =
        jdbc.sql(
                """
                update join_token set used_at = now()
                where token_hash = :hash and used_at is null and expires_at > now()
                """)
            .param("hash", Secrets.hash(request.joinToken()))
            .update();
    if (used != 1) throw new Refused(badToken());
    var secret = Secrets.next("");
    record Enrolled(UUID id, Instant expiresAt) {}
    var enrolled =
        jdbc.sql(
                """
                insert into agent (name, credential_hash, credential_expires_at)
                values (:name, :hash, now() + :life * interval '1 millisecond')
                on conflict (name) do nothing
                returning id, credential_expires_at
                """)
            .param("name", request.name())
            .param("hash", Secrets.hash(secret))
            .param("life", life.toMillis())
            .query((row, _) -> new Enrolled(uuid(row, "id"), instant(row, "credential_expires_at")))
            .optional()
            .orElseThrow(() -> new Refused(nameTaken(request.name())));
    return new Enrolment.Answer(
        enrolled.id(), CREDENTIAL + enrolled.id() + "_" + secret, enrolled.expiresAt());
  }

  /** Whose credential it is. One that is used in the second half of its life is prolonged. */
  static UUID authenticate(JdbcClient jdbc, String credential, Duration life) {
    var parts = credential.startsWith(CREDENTIAL) ? credential.substring(CREDENTIAL.length()) : "";
    int gap = parts.indexOf('_');
    if (gap < 0) throw new Refused(badCredential());
    UUID id;
    try {
      id = UUID.fromString(parts.substring(0, gap));
    } catch (IllegalArgumentException e) {
      throw new Refused(badCredential(), e);
    }
    boolean young =
        jdbc.sql(
                """
                select credential_expires_at > now() + :half * interval '1 millisecond' as young
                from agent
                where id = :id and credential_hash = :hash and credential_expires_at > now()
                """)
            .param("half", life.toMillis() / 2)
            .param("id", id)
            .param("hash", Secrets.hash(parts.substring(gap + 1)))
            .query((row, _) -> row.getBoolean("young"))
            .optional()
            .orElseThrow(() -> new Refused(badCredential()));
    if (!young) {
      jdbc.sql(
              """
              update agent set credential_expires_at = now() + :life * interval '1 millisecond'
              where id = :id
              """)
          .param("life", life.toMillis())
          .param("id", id)
          .update();
    }
    return id;
  }

  private static Problem badToken() {
    return Problem.of(
        "join-token-refused",
        Category.UNAUTHENTICATED,
        "join token",
        "This join token is unknown, used or too old.",
        "Ask a platform admin for a new one; it works once.");
  }

  private static Problem badName(String name) {
    return Problem.of(
            "agent-name",
            Category.INVALID,
            "agent name",
            "An agent's name has letters, digits, dots, hyphens and underscores.",
            "Choose another name; the host's name will do.")
        .found(Printable.line(name, 100))
        .allowed("1 to 100 of them");
  }

  private static Problem nameTaken(String name) {
    return Problem.of(
            "agent-name-taken",
            Category.CONFLICT,
            "agent name",
            "There is an agent of this name already.",
            "Start this one under another name, or give it the credential of the old one.")
        .found(name);
  }

  private static Problem badCredential() {
    return Problem.of(
        "agent-credential-refused",
        Category.UNAUTHENTICATED,
        "agent credential",
        "This credential is unknown or has expired.",
        "Enrol the agent again with a new join token.");
  }

  private Enrolments() {}
}
