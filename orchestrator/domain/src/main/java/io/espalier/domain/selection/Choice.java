package io.espalier.domain.selection;

import io.espalier.domain.problem.Problem;
import java.util.List;

/** The outcome of choosing: a decision, or the reason why there is none. */
public sealed interface Choice {

  record Made(Decision decision) implements Choice {}

  record Impossible(Problem problem, List<Alternative> alternatives) implements Choice {}
}
