package io.espalier.orchestrator.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.audit.AuditFilter;
import io.espalier.orchestrator.database.TestDatabase;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class AccountsTest {

  private static final PasswordCost QUICK = new PasswordCost(4);

  private static final String PASSWORD = "correct horse battery";

  @AutoClose private final TestDatabase database = new TestDatabase();
  private final Audit audit = new Audit(database.transactions());
  private Instant now = Instant.parse("2026-11-22T10:00:00Z");
  private final Accounts accounts = new Accounts(database.transactions(), audit, () -> now, QUICK);
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
  void whoIsInvitedChoosesAPasswordBeforeAnythingElse() {
    var ann = setUpAnn();
    var team = teams.create(ann, "Vision");
    var invitation = accounts.invite(ann, "Bob", "Bob");
    teams.setMember(ann, team.id(), "bob", Role.OWNER);
    accounts.setPlatformAdmin(ann, invitation.user(), true);

    var session = signedIn("bob", invitation.password());
    var bob = accounts.principal(session).orElseThrow();
    assertThat(session.mustChoosePassword()).isTrue();
    assertThat(bob.teams()).isEmpty();
    assertThat(bob.platformAdmin()).isFalse();

    accounts.changePassword(bob, invitation.password(), "a password of his own", "here");

    assertThat(accounts.principal(session)).isEmpty();
    var own = signedIn("bob", "a password of his own");
    assertThat(own.mustChoosePassword()).isFalse();
    assertThat(accounts.principal(own).orElseThrow().teams()).containsEntry(team.id(), Role.OWNER);
    assertThat(accounts.signIn("bob", invitation.password(), "here"))
        .isEqualTo(new SignIn.Denied());
  }

  @Test
  void aForgottenPasswordIsReplacedAndEndsWhatItOpened() {
    var ann = setUpAnn();
    var bob = accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    var session = signedIn("bob", PASSWORD);
    var token =
        tokens.create(accounts.principal(session).orElseThrow(), "script", Duration.ofHours(1));

    var invitation = accounts.inviteAgain(ann, bob);

    assertThat(accounts.principal(session)).isEmpty();
    assertThat(tokens.principal(token.token())).isEmpty();
    assertThat(accounts.signIn("bob", PASSWORD, "here")).isEqualTo(new SignIn.Denied());
    assertThat(signedIn("bob", invitation.password()).mustChoosePassword()).isTrue();
    assertThat(invitation).asString().doesNotContain(invitation.password());
    assertThatThrownBy(() -> accounts.inviteAgain(ann, UUID.randomUUID()))
        .hasMessageContaining("no such user");
  }

  @Test
  void anAdminDisablesAndEnablesAUser() {
    var ann = setUpAnn();
    var bob = accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    var session = signedIn("bob", PASSWORD);

    accounts.setDisabled(ann, bob, true);
    assertThat(accounts.principal(session)).isEmpty();
    assertThat(accounts.signIn("bob", PASSWORD, "here")).isEqualTo(new SignIn.Denied());

    accounts.setDisabled(ann, bob, false);
    assertThat(accounts.principal(session)).isPresent();
  }

  @Test
  void thereIsAlwaysAnAdmin() {
    var ann = setUpAnn();
    var bob = accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));

    assertThatThrownBy(() -> accounts.setDisabled(ann, ann.userId(), true))
        .hasMessageContaining("this is its last one");
    assertThatThrownBy(() -> accounts.setPlatformAdmin(ann, ann.userId(), false))
        .hasMessageContaining("this is its last one");
    assertThat(accounts.principal(signedIn(PASSWORD)).orElseThrow().platformAdmin()).isTrue();

    accounts.setPlatformAdmin(ann, bob, true);
    accounts.setPlatformAdmin(ann, ann.userId(), false);
    assertThat(accounts.principal(signedIn(PASSWORD)).orElseThrow().platformAdmin()).isFalse();
  }

  @Test
  void usersAreListedPageByPage() {
    var ann = setUpAnn();
    var team = teams.create(ann, "Vision");
    for (var login : new String[] {"bob", "carol", "dave"})
      accounts.invite(ann, login, "A " + login);
    teams.setMember(ann, team.id(), "bob", Role.VIEWER);

    var first = accounts.users(ann, "", PageRequest.first(2));
    var second = accounts.users(ann, "", new PageRequest(2, first.next()));

    assertThat(first.items()).extracting(User::login).containsExactly("ann", "bob");
    assertThat(first.items().getLast().teams()).containsExactly("Vision");
    assertThat(first.items()).extracting(User::invited).containsExactly(false, true);
    assertThat(second.items()).extracting(User::login).containsExactly("carol", "dave");
    assertThat(second.next()).isNull();
    assertThat(accounts.users(ann, "A C", PageRequest.first(2)).items())
        .extracting(User::login)
        .containsExactly("carol");
  }

  @Test
  void noOneButAnAdminSeesToUsers() {
    var ann = setUpAnn();
    accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    var bob = accounts.principal(signedIn("bob", PASSWORD)).orElseThrow();
    List<Runnable> deeds =
        List.of(
            () -> accounts.users(bob, "", PageRequest.first(1)),
            () -> accounts.invite(bob, "eve", "Eve"),
            () -> accounts.inviteAgain(bob, ann.userId()),
            () -> accounts.setDisabled(bob, ann.userId(), true),
            () -> accounts.setPlatformAdmin(bob, bob.userId(), true));

    for (var deed : deeds) {
      assertThatThrownBy(deed::run).hasMessageContaining("Only platform admins");
    }
  }

  @Test
  void anAdminManagesATeamWithoutBeingInIt() {
    var ann = setUpAnn();
    var team = teams.create(ann, "Vision");
    accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    teams.setMember(ann, team.id(), "bob", Role.OWNER);
    teams.removeMember(ann, team.id(), "ann");
    var outside = accounts.principal(signedIn(PASSWORD)).orElseThrow();
    assertThat(outside.teams()).isEmpty();

    teams.setMember(outside, team.id(), "ann", Role.VIEWER);

    assertThat(teams.members(outside, team.id())).hasSize(2);
    assertThatThrownBy(() -> teams.removeMember(outside, team.id(), "bob"))
        .hasMessageContaining("A team needs an owner");
    assertThatThrownBy(() -> teams.setMember(outside, UUID.randomUUID(), "bob", Role.OWNER))
        .hasMessageContaining("no such team");
  }

  @Test
  void onesOwnTeamsAreListedAndAllOfThemForAnAdmin() {
    var ann = setUpAnn();
    var red = teams.create(ann, "Red");
    teams.create(ann, "Blue");
    accounts.createUser(ann, new NewUser("bob", "Bob", PASSWORD));
    teams.setMember(
        accounts.principal(signedIn(PASSWORD)).orElseThrow(), red.id(), "bob", Role.VIEWER);
    var bob = accounts.principal(signedIn("bob", PASSWORD)).orElseThrow();

    assertThat(teams.page(ann, "", PageRequest.first(9)).items())
        .extracting(TeamView::name, TeamView::members)
        .containsExactly(tuple("Blue", 1), tuple("Red", 2));
    assertThat(teams.page(bob, "", PageRequest.first(9)).items())
        .extracting(TeamView::name, TeamView::role)
        .containsExactly(tuple("Red", Role.VIEWER));
    assertThat(teams.page(bob, "blue", PageRequest.first(9)).items()).isEmpty();
    assertThatThrownBy(() -> teams.setMember(bob, red.id(), "bob", Role.OWNER))
        .hasMessageContaining("Your role does not allow this");
  }

  @Test
  void whatAccountsDoIsAudited() {
    var ann = setUpAnn();
    teams.create(ann, "Vision");

    assertThat(audit.page(ann, AuditFilter.ALL, PageRequest.first(10)).items())
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
    return signedIn("ann", password);
  }

  private SignedIn signedIn(String login, String password) {
    return ((SignIn.Accepted) accounts.signIn(login, password, "here")).who();
  }
}
