package io.espalier.web.rest;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A route that does not exist is answered as a problem; the pages would answer with HTML. */
@RestController
class UnknownRoutes {

  @RequestMapping({"/api/**", "/agent/**"})
  void absent(HttpServletRequest request) {
    throw new Refused(
        Problem.of(
            "no-such-route",
            Category.NOT_FOUND,
            request.getMethod() + " " + request.getRequestURI(),
            "The interface has no such route, or not with this method.",
            "Compare it with the documentation of /api/v1."));
  }
}
