package io.espalier.web.rest;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.NewUser;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Tokens;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The only route that is open: the one-time code from the console is its credential. */
@RestController
@RequestMapping("/api/v1/setup")
class SetupController {

  private static final Duration FIRST_TOKEN = Duration.ofDays(1);

  private final Accounts accounts;
  private final Tokens tokens;
  private final Teams teams;

  SetupController(Accounts accounts, Tokens tokens, Teams teams) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.teams = teams;
  }

  record Setup(
      @Nullable String code,
      @Nullable String login,
      @Nullable String name,
      @Nullable String password) {}

  record Answer(UserBody user, Tokens.Created token) {}

  /** Makes the first platform admin, with a token for a day. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Answer setUp(@RequestBody Setup setup, HttpServletRequest request) {
    var user =
        new NewUser(
            Given.required("login", setup.login()),
            Given.required("name", setup.name()),
            Given.required("password", setup.password()));
    var admin = accounts.setUp(Given.required("code", setup.code()), user, request.getRemoteAddr());
    return new Answer(
        UserBody.of(admin, teams), tokens.create(admin, "made by the set-up", FIRST_TOKEN));
  }
}
