package io.espalier.web.security;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Tokens;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Signs a request in by its API token, for this request only. A controller gets the {@link
 * Principal} with {@code @AuthenticationPrincipal}.
 */
final class BearerTokens extends OncePerRequestFilter {

  private final Tokens tokens;

  BearerTokens(Tokens tokens) {
    this.tokens = tokens;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Bearer.in(request)
        .flatMap(tokens::principal)
        .ifPresent(principal -> {
          var who = UsernamePasswordAuthenticationToken.authenticated(principal, null, List.of());
          SecurityContextHolder.setContext(new SecurityContextImpl(who));
        });
    chain.doFilter(request, response);
  }

  // An event stream is dispatched again, on another thread, when it ends.
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }
}
