package io.espalier.web.rest;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Invitation;
import io.espalier.orchestrator.account.NewUser;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.User;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Users, for platform admins. */
@RestController
@RequestMapping("/api/v1/users")
class UserController {

  private final Accounts accounts;

  UserController(Accounts accounts) {
    this.accounts = accounts;
  }

  /** Users with {@code name} in their name or login. */
  @GetMapping
  Page<User> list(
      @AuthenticationPrincipal Principal admin,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam @Nullable String after) {
    return accounts.users(admin, name, new PageRequest(limit, after));
  }

  record NewAccount(@Nullable String login, @Nullable String name, @Nullable String password) {}

  record CreatedUser(UUID id, String login) {}

  /** A new user with a password that somebody has chosen already. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  CreatedUser create(@AuthenticationPrincipal Principal admin, @RequestBody NewAccount user) {
    var created =
        new NewUser(
            Given.required("login", user.login()),
            Given.required("name", user.name()),
            Given.required("password", user.password()));
    return new CreatedUser(accounts.createUser(admin, created), created.login());
  }

  record Invited(@Nullable String login, @Nullable String name) {}

  /** A new user with a one-time password, which is in this answer only. */
  @PostMapping("/invitations")
  @ResponseStatus(HttpStatus.CREATED)
  Invitation invite(@AuthenticationPrincipal Principal admin, @RequestBody Invited user) {
    return accounts.invite(
        admin, Given.required("login", user.login()), Given.required("name", user.name()));
  }

  /** A new one-time password for a user who has lost the old one; it ends all sessions. */
  @PostMapping("/{user}/invite-again")
  Invitation inviteAgain(@AuthenticationPrincipal Principal admin, @PathVariable UUID user) {
    return accounts.inviteAgain(admin, user);
  }

  /** The user can neither sign in nor use a token. */
  @PostMapping("/{user}/disable")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void disable(@AuthenticationPrincipal Principal admin, @PathVariable UUID user) {
    accounts.setDisabled(admin, user, true);
  }

  /** The user may sign in again. */
  @PostMapping("/{user}/enable")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void enable(@AuthenticationPrincipal Principal admin, @PathVariable UUID user) {
    accounts.setDisabled(admin, user, false);
  }

  record PlatformRole(@Nullable Boolean platformAdmin) {}

  /** Makes the user a platform admin, or one no longer. */
  @PutMapping("/{user}/role")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void setRole(
      @AuthenticationPrincipal Principal admin,
      @PathVariable UUID user,
      @RequestBody PlatformRole role) {
    accounts.setPlatformAdmin(admin, user, Given.required("platformAdmin", role.platformAdmin()));
  }
}
