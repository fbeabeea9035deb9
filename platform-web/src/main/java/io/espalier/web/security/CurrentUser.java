package io.espalier.web.security;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.SignedIn;
import java.util.Optional;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.stereotype.Component;

/**
 * Who uses a page, with the rights of this very moment: a role that was taken away, a changed
 * password or a disabled user counts at once. Pages pass the answer to the services and never keep
 * it.
 */
@Component
public class CurrentUser {

  private final Accounts accounts;
  private final SecurityContextHolderStrategy contexts;

  CurrentUser(Accounts accounts, SecurityContextHolderStrategy contexts) {
    this.accounts = accounts;
    this.contexts = contexts;
  }

  /**
   * For the thread of a request, or one that holds the session's lock ({@code ui.access}).
   *
   * @throws AuthenticationCredentialsNotFoundException if nobody is signed in any more
   */
  public Principal principal() {
    return session()
        .flatMap(accounts::principal)
        .orElseThrow(() -> new AuthenticationCredentialsNotFoundException("Nobody is signed in"));
  }

  /** Login and name, without a look at the rights; empty if nobody is signed in. */
  public Optional<SignedIn> session() {
    var authentication = contexts.getContext().getAuthentication();
    return authentication != null && authentication.getPrincipal() instanceof SignedIn who
        ? Optional.of(who)
        : Optional.empty();
  }
}
