package io.espalier.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Signs a request in by the credential in its {@code Authorization: Bearer …} header, for this
 * request only; never by one in an address. A controller gets whom it speaks for with
 * {@code @AuthenticationPrincipal}.
 */
final class BearerFilter extends OncePerRequestFilter {

  private static final String SCHEME = "Bearer ";

  private final Function<String, Optional<?>> whom;
  private final SecurityContextHolderStrategy contexts;

  /** {@code whom} answers for which caller a credential speaks, if it is valid. */
  BearerFilter(Function<String, Optional<?>> whom, SecurityContextHolderStrategy contexts) {
    this.whom = whom;
    this.contexts = contexts;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    credential(request)
        .flatMap(whom)
        .ifPresent(caller -> {
          var who = UsernamePasswordAuthenticationToken.authenticated(caller, null, List.of());
          contexts.setContext(new SecurityContextImpl(who));
        });
    chain.doFilter(request, response);
  }

  private static Optional<String> credential(HttpServletRequest request) {
    var header = request.getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    return Optional.of(header.substring(SCHEME.length()).strip());
  }
}
