package io.espalier.trainer.task;

import io.espalier.datasets.Fault;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Bert;
import io.espalier.models.family.Family;
import io.espalier.models.family.Vit;
import io.espalier.trainer.weights.ModelFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The model that a task begins with, and how it wants its images.
 *
 * @param area of the images that it sees
 */
record BaseModel(ModelFolder folder, ImagePreprocessing preprocessing, Area area) {

  /**
   * Reads a model folder; its weights stay mapped as long as {@code arena} lives.
   *
   * @throws Refused when a file is missing or not sound, or preprocessing and model do not fit
   */
  static BaseModel read(Path path, Arena arena) throws IOException {
    ModelFolder folder = ModelFolder.read(path, arena);
    Path file = path.resolve(PreprocessorConfig.FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw new Refused(unusable("the file is missing", "the file of the model's own page"));
    }
    ImagePreprocessing preprocessing = PreprocessorConfig.read(Files.readAllBytes(file));
    Area area = wanted(folder.family());
    Area given =
        preprocessing
            .output()
            .orElseThrow(
                () -> new Refused(unusable("no fixed size", "a square of " + area.width())));
    if (!given.equals(area)) {
      throw new Refused(
          unusable(
              "%d × %d pixels".formatted(given.width(), given.height()),
              "%d × %d pixels, as config.json says".formatted(area.width(), area.height())));
    }
    return new BaseModel(folder, preprocessing, area);
  }

  private static Area wanted(Family family) {
    return switch (family) {
      case Vit vit -> new Area(vit.image(), vit.image());
      case Bert _ -> throw new IllegalStateException("texts have no pixels");
    };
  }

  private static Problem unusable(String found, String limit) {
    return Fault.PREPROCESSOR.of(
        PreprocessorConfig.FILE_NAME, found, limit, "Take both files from the same model.");
  }
}
