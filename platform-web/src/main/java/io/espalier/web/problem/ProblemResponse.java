package io.espalier.web.problem;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes a {@link Problem} as RFC 9457 wants it, with our fields as extension members. */
@Component
public class ProblemResponse {

  private final JsonMapper json;

  ProblemResponse(JsonMapper json) {
    this.json = json;
  }

  static HttpStatus status(Category category) {
    return switch (category) {
      case INVALID -> HttpStatus.BAD_REQUEST;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case CONFLICT -> HttpStatus.CONFLICT;
      case FORBIDDEN -> HttpStatus.FORBIDDEN;
      case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
      case RESOURCES -> HttpStatus.UNPROCESSABLE_CONTENT;
      case NO_SPACE -> HttpStatus.INSUFFICIENT_STORAGE;
      case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
      case DIVERGED, INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  public static ProblemDetail detail(Problem problem) {
    var detail = ProblemDetail.forStatusAndDetail(status(problem.category()), problem.sentence());
    detail.setType(URI.create("urn:espalier:problem:" + problem.code()));
    detail.setTitle(problem.message());
    detail.setProperty("code", problem.code());
    detail.setProperty("thing", problem.thing());
    if (problem.value() != null) detail.setProperty("value", problem.value());
    if (problem.limit() != null) detail.setProperty("limit", problem.limit());
    detail.setProperty("wayOut", problem.wayOut());
    return detail;
  }

  /** For filters, which run before Spring MVC could answer. */
  public void send(HttpServletResponse response, Problem problem) throws IOException {
    var detail = detail(problem);
    response.setStatus(detail.getStatus());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(json.writeValueAsBytes(detail));
  }
}
