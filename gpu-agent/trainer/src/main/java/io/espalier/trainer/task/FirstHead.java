package io.espalier.trainer.task;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach.HeadStart;
import io.espalier.domain.protocol.Training;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.Samples;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What the head of a training starts as. Where the backbone was trained before, that is a linear
 * probe on its features unless the settings say otherwise: a random head would first pull the
 * features out of shape (Kumar et al. 2022, arXiv:2202.10054). A head that the model brought along
 * for just these classes stays.
 */
final class FirstHead {

  private final TaskContext context;
  private final Training training;

  FirstHead(TaskContext context, Training training) {
    this.context = context;
    this.training = training;
  }

  /** All weights that a training of this plan begins with. */
  TensorSource start(
      BaseModel model, List<String> classes, Samples train, Samples validation, TrainingPlan plan)
      throws IOException, Stopped {
    TensorSource start = TaskContext.startingWeights(model, classes, training, plan);
    HeadStart head = training.settings().reach().head();
    if (training.protocol() == Protocol.FROM_SCRATCH || head == HeadStart.RANDOM) {
      return start;
    }
    if (head == HeadStart.GENTLE_PROBE && model.folder().labels().equals(classes)) {
      context.events().info("the head goes on from the one that the model has for these classes");
      return start;
    }
    HeadFit fit = new HeadFit(context, training);
    var fitted =
        switch (head) {
          case PROBE -> {
            if (!model.folder().family().hasLinearHead()) {
              throw notLinear(model);
            }
            yield Optional.of(fit.best(model, classes, train, validation, (_, _, _, _) -> {}));
          }
          case GENTLE_PROBE -> fit.gentle(model, classes, train, validation);
          case RANDOM -> Optional.<HeadFit.Fitted>empty();
        };
    if (fitted.isEmpty()) {
      context.events().info("the head starts anew: the features tell too little of the classes");
      return start;
    }
    context
        .events()
        .info(
            "the head starts from a linear probe: validation accuracy %.4f"
                .formatted(fitted.get().validationAccuracy()));
    return new Overlay(fitted.get().tensors(), start);
  }

  private static Refused notLinear(BaseModel model) {
    return new Refused(
        Problem.of(
                "head-not-linear",
                Category.INVALID,
                "head",
                "A linear probe cannot be the start of this model's head, which has more layers.",
                "Start from a random head.")
            .found(model.folder().family().type()));
  }
}
