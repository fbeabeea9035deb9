package io.espalier.web.problem;

import io.espalier.domain.problem.Refused;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns what the controllers throw into problems; Spring's own complaints get the same fields. */
@RestControllerAdvice(basePackages = "io.espalier.web")
class ProblemAdvice extends ResponseEntityExceptionHandler {

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(Refused refused) {
    var detail = ProblemResponse.detail(refused.problem());
    return ResponseEntity.status(detail.getStatus())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(detail);
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> surprised(Exception surprise) {
    return refused(new Refused(Surprise.problem(surprise), surprise));
  }

  @Override
  protected ResponseEntity<Object> createResponseEntity(
      @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    if (body instanceof ProblemDetail detail
        && (detail.getProperties() == null || !detail.getProperties().containsKey("code"))) {
      var resolved = HttpStatus.resolve(status.value());
      detail.setProperty(
          "code",
          resolved == null
              ? "http-" + status.value()
              : resolved.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      if (request instanceof ServletWebRequest web) {
        detail.setProperty(
            "thing", web.getRequest().getMethod() + " " + web.getRequest().getRequestURI());
      }
      detail.setProperty("wayOut", "Compare the request with /api/v1 in the documentation.");
    }
    return super.createResponseEntity(body, headers, status, request);
  }
}
