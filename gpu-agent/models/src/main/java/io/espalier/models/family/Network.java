package io.espalier.models.family;

import io.espalier.models.graph.Graph;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import java.util.SortedMap;

/** A computation with trained parameters and a {@code loss}: all that a training needs to know. */
public interface Network {

  /** Samples in a batch. */
  Size B = Size.symbol("B");

  /** Tokens of the longest sample in a batch. */
  Size T = Size.symbol("T");

  /** It only describes the computation; protocols are the builder's business. */
  void describe(GraphBuilder g);

  /** Deviation of new weights. */
  double initializerRange();

  /** What is run besides training, by method name. */
  SortedMap<String, Graph> forwards(TrainingPlan plan);

  default Graph graph(TrainingPlan plan, Mode mode) {
    var builder = new GraphBuilder(plan, mode);
    describe(builder);
    return builder.build();
  }
}
