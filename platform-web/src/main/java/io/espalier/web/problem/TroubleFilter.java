package io.espalier.web.problem;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Programs are told of the platform's own trouble also where it strikes before a controller, as a
 * problem: a page of an error means nothing to them.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class TroubleFilter extends OncePerRequestFilter {

  private final ProblemResponse problems;

  TroubleFilter(ProblemResponse problems) {
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    var path = request.getRequestURI();
    return !path.startsWith("/api/") && !path.startsWith("/agent/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (RuntimeException | ServletException | IOException failure) {
      if (response.isCommitted()) throw failure;
      response.reset();
      problems.send(response, Surprise.problem(failure));
    }
  }
}
