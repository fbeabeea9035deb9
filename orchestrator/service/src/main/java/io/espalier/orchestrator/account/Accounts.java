package io.espalier.orchestrator.account;

import static io.espalier.orchestrator.database.Columns.parameter;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Users: how the first one comes to be, how they sign in, and what they may do. */
public final class Accounts {

  // Codes that people type: 4 × 5 of 31 characters are 99 bits.
  private static final int GROUPS = 4;
  private static final int GROUP_LENGTH = 5;

  private final Transactions transactions;
  private final Audit audit;
  private final InstantSource clock;
  private final Secrets secrets = new Secrets();
  private final PasswordRules passwords;
  private final Throttle throttle = new Throttle();

  /** {@code clock} times the delays after failures; all else goes by the database's clock. */
  public Accounts(Transactions transactions, Audit audit, InstantSource clock, PasswordCost cost) {
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
    passwords = new PasswordRules(cost);
  }

  // ── The first admin ───────────────────────────────────────────────────────────────────────────

  public boolean awaitsFirstAdmin() {
    return transactions.withoutTeam(Accounts::hasNoUser);
  }

  /**
   * A new one-time code for {@link #setUp}, for the operator's eyes; the code before it is void.
   * Empty once there is a user.
   */
  public Optional<String> newSetupCode() {
    var code = legibleSecret();
    boolean stored =
        transactions.withoutTeam(jdbc -> {
          if (!hasNoUser(jdbc)) return false;
          jdbc.sql(
                  """
                  insert into setup_code (code_hash) values (:hash)
                  on conflict (only_row) do update
                    set code_hash = excluded.code_hash, created_at = now(), used_at = null
                  """)
              .param("hash", Secrets.hash(code))
              .update();
          return true;
        });
    return stored ? Optional.of(code) : Optional.empty();
  }

  private String legibleSecret() {
    var secret = new StringBuilder(secrets.legible(GROUP_LENGTH));
    for (int group = 1; group < GROUPS; group++) {
      secret.append('-').append(secrets.legible(GROUP_LENGTH));
    }
    return secret.toString();
  }

  /**
   * Creates the first user, who administers the platform. The code works once.
   *
   * @param origin address of the caller, for the delays after wrong codes
   */
  public Principal setUp(String code, NewUser user, String origin) {
    passwords.require(user.login(), user.password());
    var delay = throttle.attempt("", origin, clock.instant());
    if (delay.isPositive()) throw new Refused(TooMany.attempts("setup code", delay));

    var hash = passwords.encode(user.password());
    var created =
        transactions.withoutTeam(jdbc -> {
          int used =
              jdbc.sql(
                      """
                      update setup_code set used_at = now()
                      where code_hash = :hash and used_at is null
                        and not exists (select from app_user)
                      """)
                  .param("hash", Secrets.hash(normalised(code)))
                  .update();
          if (used == 0) return Optional.<UUID>empty();
          var id = insert(jdbc, user, hash, true);
          audit.record(
              jdbc, user.login(), null, "set up", "user " + user.login(), Map.of("id", id));
          return Optional.of(id);
        });
    if (created.isEmpty()) {
      throw new Refused(
          Problem.of(
              "setup-code",
              Category.UNAUTHENTICATED,
              "setup code",
              "The code is wrong, or it has been used.",
              "Read the code on the console of the platform; each start prints a new one until"
                  + " there is an admin."));
    }
    throttle.succeeded("", origin, clock.instant());
    return new Principal(created.get(), user.login(), user.name(), true, Map.of());
  }

  private static String normalised(String code) {
    return code.strip().toLowerCase(Locale.ROOT);
  }

  private static boolean hasNoUser(JdbcClient jdbc) {
    return jdbc.sql("select not exists (select from app_user)").query(Boolean.class).single();
  }

  // ── Users ─────────────────────────────────────────────────────────────────────────────────────

  public UUID createUser(Principal admin, NewUser user) {
    admin.requirePlatformAdmin();
    passwords.require(user.login(), user.password());
    var hash = passwords.encode(user.password());
    return transactions.withoutTeam(jdbc -> {
      var id = insert(jdbc, user, hash, false);
      audit.record(jdbc, admin.login(), null, "create", "user " + user.login(), Map.of("id", id));
      return id;
    });
  }

  /** Creates a user with a password that has to be replaced at the first sign-in. */
  public Invitation invite(Principal admin, String login, String name) {
    admin.requirePlatformAdmin();
    var password = legibleSecret();
    var user = new NewUser(login, name, password);
    var hash = passwords.encode(password);
    return transactions.withoutTeam(jdbc -> {
      var id = insert(jdbc, user, hash, false);
      jdbc.sql("update app_user set password_is_initial = true where id = :user")
          .param("user", id)
          .update();
      audit.record(jdbc, admin.login(), null, "invite", "user " + user.login(), Map.of("id", id));
      return new Invitation(id, user.login(), password);
    });
  }

  /**
   * Replaces a password that was forgotten. Ends every session and every token of the user, as any
   * change of a password does.
   */
  public Invitation inviteAgain(Principal admin, UUID user) {
    admin.requirePlatformAdmin();
    var password = legibleSecret();
    var hash = passwords.encode(password);
    return transactions.withoutTeam(jdbc -> {
      setPassword(jdbc, user, hash, true);
      var login = login(jdbc, user);
      audit.record(jdbc, admin.login(), null, "reset password", "user " + login, Map.of());
      return new Invitation(user, login, password);
    });
  }

  /** A disabled user cannot sign in; sessions and tokens stop working at once. */
  public void setDisabled(Principal admin, UUID user, boolean disabled) {
    admin.requirePlatformAdmin();
    changeUser(admin, user, "disabled", disabled, disabled ? "disable" : "enable");
  }

  /** Platform admins see to users, teams and agents. There is always one. */
  public void setPlatformAdmin(Principal admin, UUID user, boolean platformAdmin) {
    admin.requirePlatformAdmin();
    var action = platformAdmin ? "make platform admin" : "make no platform admin";
    changeUser(admin, user, "platform_admin", platformAdmin, action);
  }

  private void changeUser(Principal admin, UUID user, String column, boolean value, String action) {
    transactions.withoutTeam(jdbc -> {
      // Two admins who disable each other at the same time must not both succeed.
      jdbc.sql("select id from app_user where platform_admin order by id for update")
          .query(_ -> {});
      jdbc.sql("update app_user set " + column + " = :value where id = :user")
          .param("value", value)
          .param("user", user)
          .update();
      var login = login(jdbc, user);
      requireAnAdmin(jdbc, login);
      audit.record(jdbc, admin.login(), null, action, "user " + login, Map.of());
      return null;
    });
  }

  private static void requireAnAdmin(JdbcClient jdbc, String login) {
    boolean administered =
        jdbc.sql(
                """
                select exists (select from app_user where platform_admin and not disabled)
                """)
            .query(Boolean.class)
            .single();
    if (!administered) {
      throw new Refused(
          Problem.of(
              "last-admin",
              Category.CONFLICT,
              "user " + login,
              "The platform needs an admin, and this is its last one.",
              "Make another user a platform admin first."));
    }
  }

  private static String login(JdbcClient jdbc, UUID user) {
    return jdbc.sql("select login from app_user where id = :user")
        .param("user", user)
        .query(String.class)
        .optional()
        .orElseThrow(() -> Absent.of("user", user));
  }

  /** Users by login, those with {@code part} in login or name. */
  public Page<User> users(Principal admin, String part, PageRequest page) {
    admin.requirePlatformAdmin();
    var users =
        transactions.withoutTeam(jdbc ->
            jdbc.sql(
                    """
                    select u.id, u.login, u.display_name, u.platform_admin, u.disabled,
                           u.password_is_initial, u.created_at,
                           (select coalesce(array_agg(t.name order by t.name), '{}')
                            from member m join team t on t.id = m.team_id
                            where m.user_id = u.id) as teams
                    from app_user u
                    where (strpos(u.login, lower(:part)) > 0
                           or strpos(lower(u.display_name), lower(:part)) > 0)
                      and (:after::text is null or u.login > :after::text)
                    order by u.login limit :limit
                    """)
                .param("part", part.strip())
                .param("after", page.after())
                .param("limit", page.size() + 1)
                .query((row, _) ->
                    new User(
                        row.getObject("id", UUID.class),
                        row.getString("login"),
                        row.getString("display_name"),
                        row.getBoolean("platform_admin"),
                        row.getBoolean("disabled"),
                        row.getBoolean("password_is_initial"),
                        List.of((String[]) row.getArray("teams").getArray()),
                        row.getTimestamp("created_at").toInstant()))
                .list());
    return Page.of(users, page, User::login);
  }

  /** Ends every session and every token of the user. */
  public void changePassword(Principal user, String current, String next, String origin) {
    var answer = signIn(user.login(), current, origin);
    switch (answer) {
      case SignIn.Accepted _ -> {}
      case SignIn.TooSoon(var delay) -> throw new Refused(TooMany.attempts("password", delay));
      case SignIn.Denied() ->
          throw new Refused(
              Problem.of(
                  "password-wrong",
                  Category.INVALID,
                  "password",
                  "The current password is not right.",
                  "Try again, or ask a platform admin for a new one."));
    }
    passwords.require(user.login(), next);
    var hash = passwords.encode(next);
    transactions.withoutTeam(jdbc -> {
      setPassword(jdbc, user.userId(), hash, false);
      audit.record(jdbc, user.login(), null, "change password", "user " + user.login(), Map.of());
      return null;
    });
  }

  private static void setPassword(JdbcClient jdbc, UUID user, String hash, boolean initial) {
    jdbc.sql(
            """
            update app_user
            set password_hash = :hash, password_is_initial = :initial,
                password_changed_at = clock_timestamp()
            where id = :user
            """)
        .param("hash", hash)
        .param("initial", initial)
        .param("user", user)
        .update();
    jdbc.sql("update api_token set revoked_at = now() where user_id = :user and revoked_at is null")
        .param("user", user)
        .update();
  }

  private static UUID insert(JdbcClient jdbc, NewUser user, String hash, boolean admin) {
    try {
      return jdbc.sql(
              """
              insert into app_user (login, display_name, password_hash, platform_admin)
              values (:login, :name, :hash, :admin) returning id
              """)
          .param("login", user.login())
          .param("name", user.name())
          .param("hash", hash)
          .param("admin", admin)
          .query(UUID.class)
          .single();
    } catch (DuplicateKeyException e) {
      throw new Refused(
          Problem.of(
                  "login-taken",
                  Category.CONFLICT,
                  "login",
                  "Somebody has this login already.",
                  "Choose another one.")
              .found(user.login()),
          e);
    }
  }

  // ── Signing in ────────────────────────────────────────────────────────────────────────────────

  /** {@code origin} is the caller's address, for the delays after failures. */
  public SignIn signIn(String login, String password, String origin) {
    var name = login.strip().toLowerCase(Locale.ROOT);
    var delay = throttle.attempt(name, origin, clock.instant());
    if (delay.isPositive()) return new SignIn.TooSoon(delay);

    var user = transactions.withoutTeam(jdbc -> find(jdbc, name));
    boolean accepted;
    if (user.isPresent()) {
      accepted = passwords.matches(password, user.get().passwordHash());
    } else {
      passwords.pretendToMatch(password);
      accepted = false;
    }
    if (!accepted) return new SignIn.Denied();
    throttle.succeeded(name, origin, clock.instant());
    return new SignIn.Accepted(user.get().who());
  }

  /**
   * What the user of a session may do now; empty if the session has ended, because the user was
   * disabled or the password has changed.
   */
  public Optional<Principal> principal(SignedIn session) {
    return transactions.withoutTeam(jdbc ->
        jdbc.sql(
                """
                select %s from %s
                where u.id = :user and not u.disabled and u.password_changed_at = :changed
                """
                    .formatted(Principals.COLUMNS, Principals.USER))
            .param("user", session.userId())
            .param("changed", parameter(session.passwordChangedAt()))
            .query(rows ->
                rows.next() ? Optional.of(Principals.read(rows)) : Optional.<Principal>empty()));
  }

  private record Found(SignedIn who, String passwordHash) {}

  private static Optional<Found> find(JdbcClient jdbc, String login) {
    return jdbc.sql(
            """
            select id, login, display_name, password_changed_at, password_is_initial, password_hash
            from app_user where login = :login and not disabled
            """)
        .param("login", login)
        .query((row, _) -> found(row))
        .optional();
  }

  private static Found found(ResultSet row) throws SQLException {
    return new Found(
        new SignedIn(
            row.getObject("id", UUID.class),
            row.getString("login"),
            row.getString("display_name"),
            row.getTimestamp("password_changed_at").toInstant(),
            row.getBoolean("password_is_initial")),
        row.getString("password_hash"));
  }
}
