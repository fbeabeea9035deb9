package io.espalier.trainer.task;

import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Family;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.data.Order;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.data.Targets;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.probe.CrossValidation;
import io.espalier.trainer.probe.Features;
import io.espalier.trainer.probe.HeadLoss;
import io.espalier.trainer.probe.LinearFit;
import io.espalier.trainer.probe.LinearHead;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The best linear head on the base model's features: the backbone runs once over the samples, then
 * logistic regression finds the head, one λ after the other, and the validation split chooses.
 */
final class HeadFit {

  /** Length of a class's weights; a new head's are shorter than one. */
  private static final double MOST_STEEP = 10;

  /** Samples that a head is fitted to which training goes on from; more, where classes are many. */
  private static final int ENOUGH_TO_BEGIN = 2000;

  private static final int ENOUGH_OF_EACH = 50;

  /** Hears of every λ. */
  interface Listener {
    void tried(int number, double lambda, double train, double validation);
  }

  /**
   * A head, as tensors of the model.
   *
   * @param number which λ it was, counted from 1
   * @param validation value of the metric on the validation split
   */
  record Fitted(Map<String, Tensor> tensors, int number, double validation) {}

  private final TaskContext context;
  private final Training training;
  private final Metric metric;

  /** {@code metric}: by which one of the heads is chosen. */
  HeadFit(TaskContext context, Training training, Metric metric) {
    this.context = context;
    this.training = training;
    this.metric = metric;
  }

  /** Whether a head for such answers can be fitted; heads of words see no features of a sample. */
  static boolean isFor(Targets targets) {
    return loss(targets).isPresent();
  }

  private static Optional<HeadLoss> loss(Targets targets) {
    return switch (targets) {
      case Targets.OfClasses(int classes, List<Integer> labels) ->
          Optional.of(new HeadLoss.OneClass(classes, labels));
      case Targets.OfSets(int classes, List<boolean[]> sets) ->
          Optional.of(new HeadLoss.SeveralClasses(classes, sets));
      case Targets.OfNumbers numbers -> Optional.of(HeadLoss.Quantity.of(numbers.scaled()));
      case Targets.OfWords _, Targets.Unknown _ -> Optional.empty();
    };
  }

  /** The best head of all, however steep. */
  Fitted best(
      BaseModel model, Question question, Samples train, Samples validation, Listener listener)
      throws IOException, Stopped {
    return fit(
            model,
            question,
            TrainingPlan.nothing(),
            train.all(),
            validation,
            Double.POSITIVE_INFINITY,
            listener)
        .orElseThrow();
  }

  /**
   * A good head that the backbone can be trained under, if there is one. Where features hardly
   * vary, a head that tells them apart is steep, and every small change below it throws the logits
   * far off.
   */
  Optional<Fitted> gentle(BaseModel model, Question question, Samples train, Samples validation)
      throws IOException, Stopped {
    if (!model.folder().family().hasLinearHead() || !isFor(train.targets())) {
      return Optional.empty();
    }
    int enough = Math.max(ENOUGH_TO_BEGIN, ENOUGH_OF_EACH * question.classes().size());
    int count = Math.min(enough, train.size());
    int[] some = new Order(train.size(), count, training.settings().seed()).step(0);
    Family family = TaskContext.family(model, question);
    return fit(
        model,
        question,
        context.looking(family),
        train.select(some),
        validation,
        MOST_STEEP,
        (_, _, _, _) -> {});
  }

  private Optional<Fitted> fit(
      BaseModel model,
      Question question,
      TrainingPlan looking,
      Selection train,
      Samples validation,
      double mostSteep,
      Listener listener)
      throws IOException, Stopped {
    Family family = TaskContext.family(model, question);
    Features toFit;
    Features toChoose;
    try (TrainingSession session =
        TrainingSession.forInference(
            family,
            looking,
            TaskContext.startingWeights(model, question, training, TrainingPlan.nothing()))) {
      Extraction extraction = new Extraction(session, context.lease());
      toFit = extraction.features(train, family.labels());
      toChoose = extraction.features(validation.all(), family.labels());
    }
    LinearFit regression = new LinearFit(toFit, loss(train.targets()).orElseThrow());
    List<Double> lambdas = CrossValidation.LAMBDAS;
    Optional<Fitted> best = Optional.empty();
    for (int number = 1; number <= lambdas.size(); number++) {
      if (context.lease().isOver()) {
        throw new Stopped();
      }
      double lambda = lambdas.get(number - 1);
      LinearHead head = regression.fit(lambda);
      double value = validation.targets().judged(head.logits(toChoose)).value(metric);
      listener.tried(
          number, lambda, train.targets().judged(head.logits(toFit)).value(metric), value);
      // The stronger regularisation wins a tie: it comes first.
      boolean better = best.isEmpty() || metric.mode().isBetter(value, best.get().validation());
      if (better && head.steepness() <= mostSteep) {
        best =
            Optional.of(
                new Fitted(
                    family.linearHead(head.weight(), head.bias(), toFit.reach()), number, value));
      }
    }
    return best;
  }
}
