package io.espalier.orchestrator.budget;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;

/** The key that a client sends with a request, so that a repeated one has its effect once. */
public final class RequestKey {

  private RequestKey() {}

  public static Problem reused(String key) {
    return Problem.of(
            "idempotency-key-reused",
            Category.CONFLICT,
            "Idempotency-Key",
            "This key has already come with another request.",
            "Send a new key with a new request.")
        .found(key);
  }
}
