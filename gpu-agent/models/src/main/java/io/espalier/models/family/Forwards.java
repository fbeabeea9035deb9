package io.espalier.models.family;

import io.espalier.models.graph.Graph;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The forward passes that every family offers, cut out of its one graph. */
final class Forwards {

  private Forwards() {}

  static SortedMap<String, Graph> of(Graph evaluation) {
    var forwards = new TreeMap<String, Graph>();
    forwards.put("predict", evaluation.only(List.of("logits")));
    forwards.put("evaluate", evaluation.only(List.of("logits", "loss")));
    forwards.put("features", evaluation.only(List.of("features")));
    forwards.put(
        "depths",
        evaluation.only(
            evaluation.outputNames().stream().filter(n -> n.startsWith("features.")).toList()));
    forwards.put("inspect", evaluation);
    return forwards;
  }
}
