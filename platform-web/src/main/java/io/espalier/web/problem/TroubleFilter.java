package io.espalier.web.problem;

import io.espalier.web.database.Trouble;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Programs are told of the platform's own trouble also where it strikes before a controller. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class TroubleFilter extends OncePerRequestFilter {

  private static final Logger log = LoggerFactory.getLogger(TroubleFilter.class);

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
      var trouble = Trouble.of(failure);
      if (trouble.isEmpty() || response.isCommitted()) throw failure;
      log.warn("{}: {}", trouble.get().code(), String.valueOf(failure.getMessage()));
      response.reset();
      problems.send(response, trouble.get());
    }
  }
}
