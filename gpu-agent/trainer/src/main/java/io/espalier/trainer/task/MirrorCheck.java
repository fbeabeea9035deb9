package io.espalier.trainer.task;

import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Family;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.data.Order;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.Features;
import io.espalier.trainer.probe.NearestNeighbour;
import java.io.IOException;
import java.util.List;

/**
 * Whether images may be mirrored without becoming something else, as letters and digits do. Asked
 * of the data: through the base model's eyes, a mirrored image must find its class among the others
 * as well as the image itself does. Depends on data, model and seed only, so a resumed run decides
 * alike.
 */
final class MirrorCheck {

  private static final int MOST_IMAGES = 400;

  private final TaskContext context;
  private final Training training;

  MirrorCheck(TaskContext context, Training training) {
    this.context = context;
    this.training = training;
  }

  boolean isHarmless(BaseModel model, List<String> classes, ImageSet train)
      throws IOException, Stopped {
    Family family = TaskContext.family(model, classes);
    int count = Math.min(MOST_IMAGES, train.size());
    Selection some =
        train.select(new Order(train.size(), count, training.settings().seed()).step(0));
    try (TrainingSession session =
        TrainingSession.forInference(
            family,
            TaskContext.startingWeights(model, classes, training, TrainingPlan.nothing()))) {
      Extraction extraction = new Extraction(session, context.lease());
      Features plain = extraction.features(some, classes.size());
      double before = NearestNeighbour.accuracy(plain);
      double mirrored =
          NearestNeighbour.accuracy(plain, extraction.mirroredFeatures(some, classes.size()));
      double error = Math.sqrt(before * (1 - before) / count);
      boolean harmless = mirrored >= before - error;
      context
          .events()
          .info(
              "images %s mirrored in training: nearest neighbours name %.3f of them, %.3f in the mirror"
                  .formatted(harmless ? "are" : "are not", before, mirrored));
      return harmless;
    }
  }
}
