package io.espalier.trainer.task;

import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Family;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.CrossValidation;
import io.espalier.trainer.probe.Features;
import io.espalier.trainer.probe.LinearHead;
import io.espalier.trainer.probe.LogisticRegression;
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

  /** Hears of every λ. */
  interface Listener {
    void tried(int number, double lambda, double trainAccuracy, double validationAccuracy);
  }

  /**
   * A head, as tensors of the model.
   *
   * @param number which λ it was, counted from 1
   */
  record Fitted(Map<String, Tensor> tensors, int number, double validationAccuracy) {}

  private final TaskContext context;
  private final Training training;

  HeadFit(TaskContext context, Training training) {
    this.context = context;
    this.training = training;
  }

  /** The best head of all, however steep. */
  Fitted best(
      BaseModel model, List<String> classes, Samples train, Samples validation, Listener listener)
      throws IOException, Stopped {
    return fit(model, classes, train, validation, Double.POSITIVE_INFINITY, listener).orElseThrow();
  }

  /**
   * The best head that the backbone can be trained under, if there is one. Where features hardly
   * vary, a head that tells them apart is steep, and every small change below it throws the logits
   * far off.
   */
  Optional<Fitted> gentle(BaseModel model, List<String> classes, Samples train, Samples validation)
      throws IOException, Stopped {
    if (!model.folder().family().hasLinearHead()) {
      return Optional.empty();
    }
    return fit(model, classes, train, validation, MOST_STEEP, (_, _, _, _) -> {});
  }

  private Optional<Fitted> fit(
      BaseModel model,
      List<String> classes,
      Samples train,
      Samples validation,
      double mostSteep,
      Listener listener)
      throws IOException, Stopped {
    Family family = TaskContext.family(model, classes);
    Features toFit;
    Features toChoose;
    try (TrainingSession session =
        TrainingSession.forInference(
            family,
            TaskContext.startingWeights(model, classes, training, TrainingPlan.nothing()))) {
      Extraction extraction = new Extraction(session, context.lease());
      toFit = extraction.features(train.all(), classes.size());
      toChoose = extraction.features(validation.all(), classes.size());
    }
    LogisticRegression regression = new LogisticRegression(toFit);
    List<Double> lambdas = CrossValidation.LAMBDAS;
    Optional<Fitted> best = Optional.empty();
    for (int number = 1; number <= lambdas.size(); number++) {
      if (context.lease().isOver()) {
        throw new Stopped();
      }
      double lambda = lambdas.get(number - 1);
      LinearHead head = regression.fit(lambda);
      double accuracy = head.accuracy(toChoose);
      listener.tried(number, lambda, head.accuracy(toFit), accuracy);
      // The stronger regularisation wins a tie: it comes first.
      boolean better = best.isEmpty() || accuracy > best.get().validationAccuracy();
      if (better && head.steepness() <= mostSteep) {
        best =
            Optional.of(
                new Fitted(
                    family.linearHead(head.weight(), head.bias(), toFit.reach()),
                    number,
                    accuracy));
      }
    }
    return best;
  }
}
