package io.espalier.trainer.task;

import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.Augmentation.Flips;
import io.espalier.domain.protocol.Training;
import io.espalier.trainer.augment.Recipe;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.StrongChanges;
import io.espalier.trainer.data.TextSet;
import java.io.IOException;
import java.util.List;

/** How training sees its samples. Changing a word may change what a text says: texts stay. */
final class TrainingView {

  private final TaskContext context;
  private final Training training;

  TrainingView(TaskContext context, Training training) {
    this.context = context;
    this.training = training;
  }

  Samples of(BaseModel model, Question question, Samples train) throws IOException, Stopped {
    List<String> classes = question.classes();
    return switch (train) {
      case TextSet texts -> texts;
      case ImageSet images ->
          switch (training.settings().regularisation().augmentation()) {
            case Augmentation.None() -> images;
            case Augmentation.Gentle() -> images.changedBy(harmless(model, classes, images));
            case Augmentation.Strong strong ->
                images.changedBy(strong(strong, flips(strong, model, classes, images), classes));
          };
    };
  }

  private static StrongChanges strong(
      Augmentation.Strong strong, boolean flips, List<String> classes) {
    return new StrongChanges(
        new Recipe(strong.smallestCrop(), flips, strong.operations(), strong.magnitude()),
        strong.mixup(),
        strong.cutmix(),
        classes.size());
  }

  private boolean flips(
      Augmentation.Strong strong, BaseModel model, List<String> classes, ImageSet images)
      throws IOException, Stopped {
    return switch (strong.flips()) {
      case Flips.NEVER -> false;
      case Flips.ALWAYS -> true;
      case Flips.WHERE_HARMLESS -> harmless(model, classes, images).flip();
    };
  }

  private io.espalier.trainer.data.Augmentation harmless(
      BaseModel model, List<String> classes, ImageSet images) throws IOException, Stopped {
    return new AugmentationChoice(context, training).of(model, classes, images);
  }
}
