package io.espalier.models.family;

import io.espalier.models.graph.Graph;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The forward passes that every family offers, cut out of its one graph. */
final class Forwards {

  private static final String FEATURES = "features";

  private Forwards() {}

  static SortedMap<String, Graph> of(Graph evaluation) {
    var forwards = new TreeMap<String, Graph>();
    var outputs = evaluation.outputNames();
    forwards.put("predict", evaluation.only(List.of("logits")));
    forwards.put("evaluate", evaluation.only(List.of("logits", "loss")));
    // Logits of a whole vocabulary are not worth handing over where only their loss is asked for.
    if (!outputs.contains(FEATURES)) forwards.put("loss", evaluation.only(List.of("loss")));
    else {
      forwards.put(FEATURES, evaluation.only(List.of(FEATURES)));
      forwards.put(
          "depths",
          evaluation.only(outputs.stream().filter(n -> n.startsWith(FEATURES + ".")).toList()));
    }
    forwards.put("inspect", evaluation);
    return forwards;
  }
}
