package io.espalier.trainer.task;

import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.domain.wire.TrainerEvent.Point;
import io.espalier.models.family.Family;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.CrossValidation;
import io.espalier.trainer.probe.Features;
import io.espalier.trainer.probe.LinearHead;
import io.espalier.trainer.probe.LogisticRegression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The linear probe: the backbone runs once over the images, then logistic regression finds the
 * head, one λ after the other. Nothing in it depends on a learning rate.
 */
final class ProbeTraining {

  private final TaskContext context;
  private final Training training;

  ProbeTraining(TaskContext context, Training training) {
    this.context = context;
    this.training = training;
  }

  TrainerEvent run(BaseModel model, List<String> classes, ImageSet train, ImageSet validation)
      throws IOException, Stopped {
    var events = context.events();
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

    List<Double> lambdas = CrossValidation.LAMBDAS;
    LogisticRegression regression = new LogisticRegression(toFit);
    LinearHead best = regression.fit(lambdas.getFirst());
    double bestAccuracy = best.accuracy(toChoose);
    int bestTry = 1;
    for (int i = 1; i <= lambdas.size(); i++) {
      if (context.lease().isOver()) {
        throw new Stopped();
      }
      double lambda = lambdas.get(i - 1);
      LinearHead head = regression.fit(lambda);
      double accuracy = head.accuracy(toChoose);
      events.append(
          new TrainerEvent.Metrics(
              events.now(),
              i,
              List.of(
                  new Point("train/lambda", lambda),
                  new Point("train/accuracy", head.accuracy(toFit)),
                  new Point("validation/accuracy", accuracy))));
      events.append(new TrainerEvent.Progress(events.now(), "training", i, lambdas.size()));
      // The stronger regularisation wins a tie: it comes first.
      if (accuracy > bestAccuracy) {
        best = head;
        bestAccuracy = accuracy;
        bestTry = i;
      }
    }
    Path file = Files.createDirectories(context.folder().checkpoints()).resolve("best.safetensors");
    SafetensorsWriter.write(
        file,
        Map.of(
            family.head() + ".weight",
            Tensor.of(best.weight(), classes.size(), family.featureSize()),
            family.head() + ".bias",
            Tensor.of(best.bias(), classes.size())));
    return new TrainerEvent.Trained(
        events.now(), lambdas.size(), bestTry, bestAccuracy, List.of(context.folder().named(file)));
  }
}
