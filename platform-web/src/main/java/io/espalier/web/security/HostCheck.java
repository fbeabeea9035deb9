package io.espalier.web.security;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.web.problem.ProblemResponse;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers only under its own names. A page of somebody else that points its own name at this
 * address (DNS rebinding), or opens a socket from its own origin, gets nowhere.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class HostCheck extends OncePerRequestFilter {

  private final Set<String> hosts;
  private final ProblemResponse problems;

  HostCheck(SecuritySettings settings, ProblemResponse problems) {
    this.hosts = settings.hosts();
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var host = name(request.getHeader("Host"));
    if (host == null || !hosts.contains(host)) {
      refuse(response, "Host", host);
      return;
    }
    var origin = request.getHeader("Origin");
    if (origin != null) {
      var from = originHost(origin);
      if (from == null || !hosts.contains(from)) {
        refuse(response, "Origin", origin);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private void refuse(HttpServletResponse response, String header, @Nullable String found)
      throws IOException {
    problems.send(
        response,
        Problem.of(
                "foreign-host",
                Category.FORBIDDEN,
                header,
                "The platform is not reached under this name.",
                "Use one of its names, or add this one to ESPALIER_HOSTS.")
            .found(found == null ? "nothing" : found));
  }

  private static @Nullable String originHost(String origin) {
    try {
      var host = URI.create(origin).getHost();
      return host == null ? null : host.toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Without the port; an IPv6 address keeps its brackets. */
  private static @Nullable String name(@Nullable String header) {
    if (header == null) return null;
    int colon = header.lastIndexOf(':');
    var name = colon > header.indexOf(']') ? header.substring(0, colon) : header;
    return name.toLowerCase(Locale.ROOT);
  }
}
