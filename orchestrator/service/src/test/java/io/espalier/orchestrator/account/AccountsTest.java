package io.espalier.orchestrator.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.database.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AccountsTest {

  private static final int QUICK = 4; // bcrypt's least cost

  private static final String PASSWORD = "correct horse battery";

  private final TestDatabase database = new TestDatabase();
  private final Audit audit = new Audit(database.transactions());
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");
  private final Accounts accounts =
      new Accounts(database.transactions(), audit, () -> now, new PasswordRules(QUICK));
  private final Tokens tokens = new Tokens(database.transactions(), audit);
  private final Teams teams = new Teams(database.transactions(), audit);

  @Test
  void theSetupCodeCreatesTheFirstAdminOnce() {
    assertThat(accounts.awaitsFirstAdmin()).isTrue();
    var code = accounts.newSetupCode().orElseThrow();

    var admin = accounts.setUp(" " + code.toUpperCase(Locale.ROOT), ann(), "here");

    assertThat(admin.platformAdmin()).isTrue();
    assertThat(accounts.awaitsFirstAdmin()).isFalse();
    assertThat(accounts.newSetupCode()).isEmpty();
    assertThatThrownBy(() -> accounts.setUp(code, new NewUser("eve", "Eve", PASSWORD), "here"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("it has been used");
  }

  @Test
  void aNewSetupCodeVoidsTheOneBefore() {
    var first = accounts.newSetupCode().orElseThrow();
    var second = accounts.newSetupCode().orElseThrow();

    assertThatThrownBy(() -> accounts.setUp(first, ann(), "here")).isInstanceOf(Refused.class);
    assertThat(accounts.setUp(second, ann(), "here").login()).isEqualTo("ann");
  }

  @Test
  void guessingTheSetupCodeIsDelayed() {
    accounts.newSetupCode();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> accounts.setUp("guess", ann(), "here"))
          .hasMessageContaining("The code is wrong");
    }
    assertThatThrownBy(() -> accounts.setUp("guess", ann(), "here"))
        .hasMessageContaining("Try again in 1 s");
  }

  @Test
  void neitherCodeNorPasswordIsStored() {
    var code = accounts.newSetupCode().orElseThrow();
    accounts.setUp(code, ann(), "here");
    var stored =
        database
            .superuser()
            .sql("select (select s::text from setup_code s) || (select u::text from app_user u)")
            .query(String.class)
            .single();
    assertThat(stored).doesNotContain(code).doesNotContain(PASSWORD).contains("$2a$04$");
  }

  @Test
  void signsInWithTheRightPasswordOnly() {
    setUpAnn();

    assertThat(accounts.signIn("Ann ", PASSWORD, "here")).isInstanceOf(SignIn.Accepted.class);
    assertThat(accounts.signIn("ann", "wrong horse battery", "here"))
        .isEqualTo(new SignIn.Denied());
    assertThat(accounts.signIn("nobody", PASSWORD, "here")).isEqualTo(new SignIn.Denied());
  }

  @Test
  void unknownLoginsAreDelayedLikeKnownOnes() {
    setUpAnn();
    for (var login : new String[] {"ann", "nobody"}) {
      for (int i = 0; i < 3; i++) accounts.signIn(login, "wrong horse battery", "there");
      assertThat(accounts.signIn(login, PASSWORD, "there"))
          .isEqualTo(new SignIn.TooSoon(Duration.ofSeconds(1)));
    }
    now = now.plusSeconds(1);
    assertThat(accounts.signIn("ann", PASSWORD, "there")).isInstanceOf(SignIn.Accepted.class);
  }

  @Test
  void aPasswordChangeEndsSessionsAndTokens() {
    var ann = setUpAnn();
    var session = signedIn(PASSWORD);
    var token = tokens.create(ann, "script", Duration.ofDays(1)).token();
    assertThat(accounts.principal(session)).contains(ann);
    assertThat(tokens.principal(token)).contains(ann);

    accounts.changePassword(ann, PASSWORD, "a staple of another kind", "here");

    assertThat(accounts.principal(session)).isEmpty();
    assertThat(tokens.principal(token)).isEmpty();
    assertThat(accounts.principal(signedIn("a staple of another kind"))).contains(ann);
  }

  @Test
  void shortPasswordsAreRefusedWithTheLimit() {
    var code = accounts.newSetupCode().orElseThrow();
    assertThatThrownBy(() -> accounts.setUp(code, new NewUser("ann", "Ann", "fourteen chars"), "x"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("Found: 14 characters")
        .hasMessageContaining("at least 15 characters");
    assertThatThrownBy(
            () -> accounts.setUp(code, new NewUser("ann", "Ann", "aaaaaaaaaaaaaaaaaaaa"), "x"))
        .hasMessageContaining("repeats");
    // bcrypt would silently ignore the rest
    assertThatThrownBy(
            () -> accounts.setUp(code, new NewUser("ann", "Ann", "abcdefghi".repeat(9)), "x"))
        .hasMessageContaining("72 bytes");
  }

  @Test
  void aTokenSpeaksForItsUserUntilItIsRevoked() {
    var ann = setUpAnn();
    var created = tokens.create(ann, "script", Duration.ofHours(1));

    assertThat(created.token()).startsWith("esp_" + created.id() + "_");
    assertThat(tokens.principal(created.token())).contains(ann);
    assertThat(tokens.principal(created.token() + "x")).isEmpty();
    assertThat(tokens.principal("esp_" + created.id() + "_")).isEmpty();
    assertThat(tokens.principal("esp_nothere_secret")).isEmpty();
    assertThat(tokens.principal("")).isEmpty();
    assertThat(tokens.list(ann))
        .singleElement()
        .satisfies(view -> assertThat(view.lastUsedAt()).isNotNull());

    tokens.revoke(ann, created.id());
    assertThat(tokens.principal(created.token())).isEmpty();
  }

  @Test
  void anExpiredTokenIsNotValid() {
    var ann = setUpAnn();
    var created = tokens.create(ann, "script", Duration.ofHours(1));
    database.superuser().sql("update api_token set expires_at = now()").update();

    assertThat(tokens.principal(created.token())).isEmpty();
  }

  @Test
  void aTokenOfAnotherUserCannotBeRevoked() {
    var ann = setUpAnn();
    accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    var bob = ((SignIn.Accepted) accounts.signIn("bob", PASSWORD, "here")).who();
    var token = tokens.create(ann, "script", Duration.ofHours(1));

    assertThatThrownBy(() -> tokens.revoke(accounts.principal(bob).orElseThrow(), token.id()))
        .isInstanceOf(Refused.class);
    assertThat(tokens.principal(token.token())).isPresent();
  }

  @Test
  void aDisabledUserIsOut() {
    var ann = setUpAnn();
    var session = signedIn(PASSWORD);
    var token = tokens.create(ann, "script", Duration.ofHours(1)).token();
    database.superuser().sql("update app_user set disabled = true").update();

    assertThat(accounts.principal(session)).isEmpty();
    assertThat(tokens.principal(token)).isEmpty();
    assertThat(accounts.signIn("ann", PASSWORD, "here")).isEqualTo(new SignIn.Denied());
  }

  @Test
  void theCreatorOfATeamOwnsItAndMayAddMembers() {
    var ann = setUpAnn();
    var team = teams.create(ann, "Vision");
    accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    var owner = accounts.principal(signedIn(PASSWORD)).orElseThrow();
    assertThat(owner.teams()).containsEntry(team.id(), Role.OWNER);

    teams.setMember(owner, team.id(), "bob", Role.VIEWER);

    assertThat(teams.members(owner, team.id()))
        .extracting(Teams.Member::login, Teams.Member::role)
        .containsExactly(tuple("ann", Role.OWNER), tuple("bob", Role.VIEWER));
    assertThatThrownBy(() -> teams.setMember(owner, team.id(), "ann", Role.MEMBER))
        .hasMessageContaining("A team needs an owner");
    assertThatThrownBy(() -> teams.members(owner, UUID.randomUUID()))
        .hasMessageContaining("no such team");
  }

  @Test
  void onlyAdminsCreateUsersAndTeams() {
    var ann = setUpAnn();
    accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    var bob =
        accounts
            .principal(((SignIn.Accepted) accounts.signIn("bob", PASSWORD, "here")).who())
            .orElseThrow();

    assertThatThrownBy(() -> teams.create(bob, "Mine"))
        .hasMessageContaining("Only platform admins");
    assertThatThrownBy(() -> accounts.createUser(bob, new NewUser("eve", "Eve", PASSWORD)))
        .hasMessageContaining("Only platform admins");
  }

  @Test
  void whatAccountsDoIsAudited() {
    var ann = setUpAnn();
    teams.create(ann, "Vision");

    assertThat(audit.latest(ann, 10))
        .extracting(Audit.Entry::action)
        .containsExactly("create", "set up");
    assertThat(audit.firstBrokenEntry(ann)).isEmpty();
  }

  private Principal setUpAnn() {
    return accounts.setUp(accounts.newSetupCode().orElseThrow(), ann(), "here");
  }

  private static NewUser ann() {
    return new NewUser("ann", "Ann", PASSWORD);
  }

  private SignedIn signedIn(String password) {
    return ((SignIn.Accepted) accounts.signIn("ann", password, "here")).who();
  }
}
