package io.espalier.web;

import io.espalier.domain.problem.Refused;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells the operator what kept the platform from starting, instead of a stack trace. */
final class StartFailure extends AbstractFailureAnalyzer<Refused> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, Refused cause) {
    var problem = cause.problem();
    var text = new StringBuilder(problem.thing()).append(": ").append(problem.message());
    if (problem.value() != null) text.append("\nFound: ").append(problem.value());
    if (problem.limit() != null) text.append("\nAllowed: ").append(problem.limit());
    return new FailureAnalysis(text.toString(), problem.wayOut(), cause);
  }
}
