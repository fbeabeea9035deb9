package io.espalier.web.security;

import io.espalier.orchestrator.account.Accounts;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Ends the session of a user who was disabled or whose password has changed, and every session
 * after a day, however busy.
 */
final class SessionCheck extends OncePerRequestFilter {

  private static final Duration LONGEST_SESSION = Duration.ofHours(24);

  private final CurrentUser user;
  private final Accounts accounts;
  private final SecurityContextHolderStrategy contexts;

  SessionCheck(CurrentUser user, Accounts accounts, SecurityContextHolderStrategy contexts) {
    this.user = user;
    this.accounts = accounts;
    this.contexts = contexts;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var who = user.session();
    var session = request.getSession(false);
    if (who.isPresent() && session != null) {
      long age = System.currentTimeMillis() - session.getCreationTime();
      if (age > LONGEST_SESSION.toMillis() || accounts.principal(who.get()).isEmpty()) {
        contexts.clearContext();
        session.invalidate();
      }
    }
    chain.doFilter(request, response);
  }
}
