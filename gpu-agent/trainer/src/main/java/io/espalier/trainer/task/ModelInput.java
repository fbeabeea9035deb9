package io.espalier.trainer.task;

import io.espalier.datasets.Fault;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Bert;
import io.espalier.models.family.Family;
import io.espalier.models.family.Vit;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.ImageData;
import io.espalier.trainer.data.TextData;
import io.espalier.trainer.text.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a model takes, and how it wants it. */
sealed interface ModelInput {

  /**
   * Opens a data set for the model.
   *
   * @param workers for what takes processes of its own
   * @param scratch a folder for what does not fit into memory
   * @throws Refused when the data set is of another kind, or cannot be used
   */
  DataSet open(Path file, DataLayout layout, int workers, Path scratch) throws IOException;

  /**
   * Reads how the model in {@code folder} wants its samples.
   *
   * @throws Refused when a file is missing or not sound, or does not fit the model
   */
  static ModelInput of(Family family, Path folder) throws IOException {
    return switch (family) {
      case Vit vit -> Images.of(new Area(vit.image(), vit.image()), folder);
      case Bert bert -> new Texts(bert, folder);
    };
  }

  /**
   * Images of one size.
   *
   * @param area in pixels
   */
  record Images(ImagePreprocessing preprocessing, Area area) implements ModelInput {

    private static Images of(Area area, Path folder) throws IOException {
      Path file = folder.resolve(PreprocessorConfig.FILE_NAME);
      if (!Files.isRegularFile(file)) {
        throw new Refused(unusable("the file is missing", "the file of the model's own page"));
      }
      ImagePreprocessing preprocessing = PreprocessorConfig.read(Files.readAllBytes(file));
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
      return new Images(preprocessing, area);
    }

    private static Problem unusable(String found, String limit) {
      return Fault.PREPROCESSOR.of(
          PreprocessorConfig.FILE_NAME, found, limit, "Take both files from the same model.");
    }

    @Override
    public DataSet open(Path file, DataLayout layout, int workers, Path scratch)
        throws IOException {
      return switch (layout) {
        case DataLayout.ImageFolder _ ->
            ImageData.open(file, preprocessing, area, workers, scratch);
        case DataLayout.TextTable _ -> throw otherKind("texts", "images");
      };
    }
  }

  /**
   * Texts, or pairs of them.
   *
   * @param folder where the tokenizer lies
   */
  record Texts(Bert model, Path folder) implements ModelInput {

    @Override
    public DataSet open(Path file, DataLayout layout, int workers, Path scratch)
        throws IOException {
      return switch (layout) {
        case DataLayout.TextTable columns ->
            TextData.open(file, columns, TokenizerFiles.json(folder), model);
        case DataLayout.ImageFolder _ -> throw otherKind("images", "texts");
      };
    }
  }

  private static Refused otherKind(String given, String wanted) {
    return new Refused(
        Problem.of(
                "model-and-data-differ",
                Category.INVALID,
                "dataset",
                "The model cannot read what the data set holds.",
                "Choose a base model that reads " + given + ", or a data set of " + wanted + ".")
            .found(given)
            .allowed(wanted));
  }
}
