package io.espalier.trainer.task;

import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Family;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.trainer.data.Augmentation;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.data.Order;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.Features;
import io.espalier.trainer.probe.NearestNeighbour;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * Which changes leave an image what it is: a mirrored digit is another sign, and where all things
 * stand in the middle, moving them only makes the task harder. Asked of the data: through the base
 * model's eyes, a changed image must find its class among the others about as well as the image
 * itself does. Depends on data, model and seed only, so a resumed run decides alike.
 */
final class AugmentationChoice {

  private static final int MOST_IMAGES = 400;
  private static final double STANDARD_ERRORS = 2;

  private final TaskContext context;
  private final Training training;

  AugmentationChoice(TaskContext context, Training training) {
    this.context = context;
    this.training = training;
  }

  Augmentation of(BaseModel model, List<String> classes, ImageSet train)
      throws IOException, Stopped {
    Family family = TaskContext.family(model, classes);
    int count = Math.min(MOST_IMAGES, train.size());
    Selection some =
        train.select(new Order(train.size(), count, training.settings().seed()).step(0));
    int padding = Augmentation.padding(train.area().width());
    try (TrainingSession session =
        TrainingSession.forInference(
            family,
            TaskContext.startingWeights(model, classes, training, TrainingPlan.nothing()))) {
      Extraction extraction = new Extraction(session, context.lease());
      Comparison comparison =
          new Comparison(extraction, some, extraction.features(some, classes.size()));
      boolean flip = comparison.isHarmless("mirrored", train::mirrored);
      boolean move = comparison.isHarmless("moved", images -> train.moved(images, padding));
      return new Augmentation(move ? padding : 0, flip);
    }
  }

  /** Images in plain view against another view of them. */
  private final class Comparison {

    private final Extraction extraction;
    private final Selection images;
    private final Features plain;
    private final double plainAccuracy;

    Comparison(Extraction extraction, Selection images, Features plain) {
      this.extraction = extraction;
      this.images = images;
      this.plain = plain;
      this.plainAccuracy = NearestNeighbour.accuracy(plain);
    }

    boolean isHarmless(String change, Function<int[], Batch> view) throws Stopped {
      Features changed = extraction.features(images, plain.classes(), view);
      double accuracy = NearestNeighbour.accuracy(plain, changed);
      double error = Math.sqrt(plainAccuracy * (1 - plainAccuracy) / images.size());
      boolean harmless = accuracy >= plainAccuracy - STANDARD_ERRORS * error;
      context
          .events()
          .info(
              "images %s %s in training: nearest neighbours name %.3f of them, %.3f when %s"
                  .formatted(
                      harmless ? "are" : "are not", change, plainAccuracy, accuracy, change));
      return harmless;
    }
  }
}
