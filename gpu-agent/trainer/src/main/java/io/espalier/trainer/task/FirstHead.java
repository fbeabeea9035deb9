package io.espalier.trainer.task;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach.HeadStart;
import io.espalier.domain.protocol.Training;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.util.Optional;

/**
 * What the head of a training starts as. Where the backbone was trained before, that is a linear
 * probe on its features unless the settings say otherwise: a random head would first pull the
 * features out of shape (Kumar et al. 2022, arXiv:2202.10054). Not where batch norms train: they
 * see their batch then, and a head that was fitted to features under stored statistics begins with
 * a loss above chance. A head that the model brought along for just these classes stays.
 */
final class FirstHead {

  private final TaskContext context;
  private final Training training;
  private final Metric metric;

  /** {@code metric}: by which one of the heads is chosen. */
  FirstHead(TaskContext context, Training training, Metric metric) {
    this.context = context;
    this.training = training;
    this.metric = metric;
  }

  /** All weights that a training of this plan begins with. */
  TensorSource start(
      BaseModel model, Question question, Samples train, Samples validation, TrainingPlan plan)
      throws IOException, Stopped {
    TensorSource start = TaskContext.startingWeights(model, question, training, plan);
    tellAnew(start);
    HeadStart head = training.settings().reach().head();
    if (training.protocol() == Protocol.FROM_SCRATCH || head == HeadStart.RANDOM) {
      return start;
    }
    if (head == HeadStart.GENTLE_PROBE && hasItsHead(model, question)) {
      context.events().info("the head goes on from the one that the model has for these classes");
      return start;
    }
    if (head == HeadStart.GENTLE_PROBE
        && !TaskContext.family(model, question).graph(plan, Mode.TRAIN).written().isEmpty()) {
      context
          .events()
          .info(
              "the head starts anew: norms that see their batch give training other features than"
                  + " a probe is fitted to");
      return start;
    }
    HeadFit fit = new HeadFit(context, training, metric);
    var fitted =
        switch (head) {
          case PROBE -> {
            if (!model.folder().family().hasLinearHead() || !HeadFit.isFor(train.targets())) {
              throw notLinear(model);
            }
            yield Optional.of(fit.best(model, question, train, validation, (_, _, _, _) -> {}));
          }
          case GENTLE_PROBE -> fit.gentle(model, question, train, validation);
          case RANDOM -> Optional.<HeadFit.Fitted>empty();
        };
    if (fitted.isEmpty()) {
      context.events().info("the head starts anew: the features tell too little of the classes");
      return start;
    }
    context
        .events()
        .info(
            "the head starts from a linear probe: validation %s %.4f"
                .formatted(metric.label(), fitted.get().validation()));
    return new Overlay(fitted.get().tensors(), start);
  }

  /** Whether the model was trained before for just this question. */
  private static boolean hasItsHead(BaseModel model, Question question) {
    return model.folder().labels().equals(question.classes())
        && model.folder().family().head().equals(question.head());
  }

  /** What of the base model is not used, and what of it is made up. */
  private void tellAnew(TensorSource start) {
    if (!(start instanceof StartingWeights weights)) return;
    if (!weights.begunAnew().isEmpty())
      context.events().info("begins anew: " + String.join(", ", weights.begunAnew()));
    if (!weights.unused().isEmpty())
      context
          .events()
          .info(
              "%d tensors of the base model are not used, such as %s"
                  .formatted(weights.unused().size(), weights.unused().getFirst()));
  }

  private static Refused notLinear(BaseModel model) {
    return new Refused(
        Problem.of(
                "head-not-linear",
                Category.INVALID,
                "head",
                "A linear probe cannot be the start of this head, which has more layers or tells words.",
                "Start from a random head.")
            .found(model.folder().family().type()));
  }
}
