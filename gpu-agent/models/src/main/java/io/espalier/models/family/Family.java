package io.espalier.models.family;

import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A kind of model, sized by its {@code config.json}. It only describes the computation; protocols
 * are the builder's business.
 *
 * <p>Every family gives these outputs: {@code logits} and {@code loss} (the sum over the batch),
 * {@code features} (what its head sees, (B, {@link #featureSize})), and per depth {@code
 * features.N} from the embeddings ({@code features.0}) up.
 */
public sealed interface Family extends Network permits Bert, Vit {

  /** As {@code model_type} names it. */
  String type();

  /** As {@code architectures} names the model with this head. */
  String architecture();

  /** The Python module that defines the architecture; PEFT notes it with an adapter. */
  String library();

  /** What PEFT calls the task of its head, where it has a name for it. */
  Optional<String> peftTask();

  /** Published models whose weights hold this one's backbone, with whatever head. */
  List<String> sources();

  /** The module that a linear probe trains. */
  String head();

  /** The module that holds everything but the head. */
  String backbone();

  /** Rows of the head. */
  int labels();

  /** The same model with a head for another number of labels. */
  Family withLabels(int labels);

  /** Blocks between the embeddings and the head. */
  int blocks();

  int featureSize();

  /** The symbols' values for one sample of a usual size, for what a cost is to be told of. */
  Map<String, Long> usualSample();

  /** Other spellings of its parameters' names. */
  Names names();

  /**
   * What is run besides training, by method name: {@code predict} gives logits, {@code evaluate}
   * logits and loss, {@code features} what the head sees, {@code depths} the features of every
   * depth, {@code inspect} all outputs.
   */
  @Override
  default SortedMap<String, Graph> forwards(TrainingPlan plan) {
    return Forwards.of(graph(plan, Mode.EVAL));
  }
}
