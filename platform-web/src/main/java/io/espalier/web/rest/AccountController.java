package io.espalier.web.rest;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Tokens;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The caller and the caller's tokens. */
@RestController
@RequestMapping("/api/v1")
class AccountController {

  private static final int USUAL_DAYS = 90;

  private final Accounts accounts;
  private final Tokens tokens;
  private final Teams teams;

  AccountController(Accounts accounts, Tokens tokens, Teams teams) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.teams = teams;
  }

  /** The caller, with its teams and roles. */
  @GetMapping("/me")
  UserBody me(@AuthenticationPrincipal Principal user) {
    return UserBody.of(user, teams);
  }

  /** The caller's tokens, without their secrets. */
  @GetMapping("/tokens")
  List<Tokens.View> tokens(@AuthenticationPrincipal Principal user) {
    return tokens.list(user);
  }

  record NewToken(@Nullable String name, @Nullable Integer days) {}

  /** A new token of the caller; its secret is in this answer only. */
  @PostMapping("/tokens")
  @ResponseStatus(HttpStatus.CREATED)
  Tokens.Created createToken(@AuthenticationPrincipal Principal user, @RequestBody NewToken token) {
    int days = token.days() == null ? USUAL_DAYS : token.days();
    return tokens.create(user, Given.required("name", token.name()), Duration.ofDays(days));
  }

  /** Ends one of the caller's tokens at once. */
  @DeleteMapping("/tokens/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revokeToken(@AuthenticationPrincipal Principal user, @PathVariable String id) {
    tokens.revoke(user, id);
  }

  record NewPassword(@Nullable String current, @Nullable String next) {}

  /** Changes the caller's password; it ends all sessions and tokens. */
  @PostMapping("/me/password")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void changePassword(
      @AuthenticationPrincipal Principal user,
      @RequestBody NewPassword password,
      HttpServletRequest request) {
    accounts.changePassword(
        user,
        Given.required("current", password.current()),
        Given.required("next", password.next()),
        request.getRemoteAddr());
  }
}
