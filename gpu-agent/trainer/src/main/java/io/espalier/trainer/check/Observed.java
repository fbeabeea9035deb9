package io.espalier.trainer.check;

import io.espalier.models.family.Network;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import java.util.List;
import java.util.SortedMap;

/** A network whose forward passes compute as the reference did: for training or for evaluation. */
record Observed(Network network, Mode mode) implements Network {

  @Override
  public void describe(GraphBuilder g) {
    network.describe(g);
  }

  @Override
  public double initializerRange() {
    return network.initializerRange();
  }

  @Override
  public SortedMap<String, Graph> forwards(TrainingPlan plan) {
    var forwards = network.forwards(plan);
    if (mode == Mode.TRAIN) {
      var graph = graph(plan, mode);
      forwards.put("inspect", graph);
      forwards.put("evaluate", graph.only(List.of("logits", "loss")));
    }
    return forwards;
  }
}
