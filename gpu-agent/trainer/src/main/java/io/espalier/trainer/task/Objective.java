package io.espalier.trainer.task;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.trainer.data.Targets;
import io.espalier.trainer.metric.Metric;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The metric by which a training chooses its best weights. */
final class Objective {

  private Objective() {}

  /**
   * The metric of this key, or the usual one of such targets.
   *
   * @throws Refused where the metric is unknown, or not one of such targets
   */
  static Metric of(@Nullable String key, Targets targets) {
    var possible = targets.metrics();
    if (key == null) return possible.getFirst();
    return Metric.of(key)
        .filter(possible::contains)
        .orElseThrow(() ->
            new Refused(
                Problem.of(
                        "metric-unsuitable",
                        Category.INVALID,
                        "metric",
                        "Answers of this kind are not judged by it.",
                        "Choose one of those that are allowed, or none for the first of them.")
                    .found(key)
                    .allowed(
                        possible.stream().map(Metric::key).collect(Collectors.joining(", ")))));
  }
}
