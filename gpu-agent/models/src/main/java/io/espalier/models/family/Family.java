package io.espalier.models.family;

import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A kind of model with its head, sized by its {@code config.json}. It only describes the
 * computation; protocols are the builder's business.
 *
 * <p>Every family gives the outputs {@code logits} and {@code loss}, a sum over what its head
 * counts. One that classifies also gives {@code features} (what its head sees, (B, {@link
 * #featureSize})), and per depth {@code features.N} from the embeddings ({@code features.0}) up.
 */
public sealed interface Family extends Network
    permits CifarResNet, Clip, Decoder, MobileNetV2, ResNet, T5, TextEncoder, Vit {

  /** As {@code model_type} names it. */
  String type();

  Head head();

  /** The same backbone under another head, which must be one of those that the family has. */
  Family with(Head head);

  Publication publication();

  /** Blocks between the embeddings and the head. */
  int blocks();

  int featureSize();

  /** The symbols' values for one sample of a usual size, for what a cost is to be told of. */
  Map<String, Long> usualSample();

  /** Rows of the last layer where it classifies; none otherwise. */
  default int labels() {
    return switch (head()) {
      case Head.Classification(int labels, _) -> labels;
      case Head.TokenClassification(int labels) -> labels;
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() -> 0;
    };
  }

  /** The same backbone telling so many classes apart; only where the family classifies. */
  default Family classifying(int labels) {
    return head() instanceof Head.Classification
        ? withLabels(labels)
        : with(Head.Classification.of(labels));
  }

  /** Whether it has a head for one answer to a whole image or text. */
  default boolean classifies() {
    return switch (head()) {
      case Head.Classification _, Head.TokenClassification _, Head.Matching() -> true;
      case Head.LanguageModelling(), Head.SequenceToSequence() -> false;
    };
  }

  /** The same model for another number of labels. */
  default Family withLabels(int labels) {
    return switch (head()) {
      case Head.Classification(_, var targets) -> with(new Head.Classification(labels, targets));
      case Head.TokenClassification _ -> with(new Head.TokenClassification(labels));
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() -> this;
    };
  }

  /** Modules that the published model has, though its head looks at nothing of them. */
  default List<String> carried() {
    return List.of();
  }

  /** Whether its head is one linear layer on the features. */
  default boolean hasLinearHead() {
    return true;
  }

  /**
   * The parameters of a head that computes a linear function of the features, whatever layers it
   * has.
   *
   * @param weight (labels, features), row by row
   * @param bias of each label
   * @param reach no feature is farther from 0
   */
  default Map<String, Tensor> linearHead(float[] weight, float[] bias, double reach) {
    var module = publication().headModules().getFirst();
    return Map.of(
        module + ".weight", Tensor.of(weight, bias.length, featureSize()),
        module + ".bias", Tensor.of(bias, bias.length));
  }

  /**
   * What is run besides training, by method name: {@code predict} gives logits, {@code evaluate}
   * logits and loss, {@code inspect} all outputs; where it classifies, {@code features} gives what
   * the head sees, and {@code depths} the features of every depth.
   */
  @Override
  default SortedMap<String, Graph> forwards(TrainingPlan plan) {
    return Forwards.of(graph(plan, Mode.EVAL));
  }
}
