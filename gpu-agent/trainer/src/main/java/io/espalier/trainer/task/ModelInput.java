package io.espalier.trainer.task;

import io.espalier.datasets.Fault;
import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.ImageDecoder;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.CifarResNet;
import io.espalier.models.family.Clip;
import io.espalier.models.family.Decoder;
import io.espalier.models.family.Family;
import io.espalier.models.family.MobileNetV2;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.family.ResNet;
import io.espalier.models.family.T5;
import io.espalier.models.family.TextEncoder;
import io.espalier.models.family.Vit;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.ImageData;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Targets;
import io.espalier.trainer.data.TextData;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
   * Texts as samples of which nothing is wanted; words of a text that tags are asked of stand apart
   * by blanks.
   *
   * @throws Refused where the model reads images
   */
  Samples read(List<String> texts, Question question) throws IOException;

  /**
   * One image as a sample of which nothing is wanted.
   *
   * @throws Refused where the model reads texts, or the image cannot be read
   */
  Samples read(Path image) throws IOException;

  /**
   * Reads how the model in {@code folder} wants its samples.
   *
   * @throws Refused when a file is missing or not sound, or does not fit the model
   */
  static ModelInput of(Family family, Path folder) throws IOException {
    return switch (family) {
      case Vit vit -> Images.of(Optional.of(Images.square(vit.image())), folder);
      case Clip clip -> Images.of(Optional.of(Images.square(clip.image())), folder);
      case ResNet _, CifarResNet _, MobileNetV2 _ -> Images.of(Optional.empty(), folder);
      case TextEncoder encoder -> new Texts(encoder, folder);
      case Decoder _, T5 _ ->
          throw new Refused(
              Problem.of(
                      "model-does-not-classify",
                      Category.INVALID,
                      "config.json model_type",
                      "The model writes texts, and cannot tell classes apart.",
                      "Choose a base model of images, or an encoder of texts.")
                  .found(family.type())
                  .allowed("a model that classifies"));
    };
  }

  /**
   * Images, all brought to one size.
   *
   * @param area in pixels
   */
  record Images(ImagePreprocessing preprocessing, Area area) implements ModelInput {

    /** {@code area}: what the model takes, where it takes one size only. */
    private static Images of(Optional<Area> area, Path folder) throws IOException {
      Path file = folder.resolve(PreprocessorConfig.FILE_NAME);
      byte[] config =
          Files.isRegularFile(file)
              ? Files.readAllBytes(file)
              : OwnPreprocessing.of(ModelConfig.read(folder.resolve(ModelFolder.CONFIG)))
                  .orElseThrow(() ->
                      new Refused(
                          unusable("the file is missing", "the file of the model's own page")));
      ImagePreprocessing preprocessing = PreprocessorConfig.read(config);
      Area given =
          preprocessing
              .output()
              .orElseThrow(() ->
                  new Refused(
                      unusable("no fixed size", area.map(Images::told).orElse("one size"))));
      if (area.isPresent() && !given.equals(area.get())) {
        throw new Refused(unusable(told(given), told(area.get()) + ", as config.json says"));
      }
      return new Images(preprocessing, given);
    }

    private static Area square(int side) {
      return new Area(side, side);
    }

    private static String told(Area area) {
      return "%d × %d pixels".formatted(area.width(), area.height());
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
        case DataLayout.OfTexts _ -> throw otherKind("texts", "images");
      };
    }

    @Override
    public Samples read(List<String> texts, Question question) {
      throw otherKind("texts", "images");
    }

    @Override
    public Samples read(Path image) throws IOException {
      String name = String.valueOf(image.getFileName());
      try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
        return switch (decoder.decode(name, Files.readAllBytes(image))) {
          case Decoded.Broken(Problem problem) -> throw new Refused(problem);
          case Decoded.Pixels(RgbImage pixels) ->
              ImageSet.of(
                      preprocessing, List.of(preprocessing.spatial(pixels)), new int[] {0}, name)
                  .wanting(new Targets.Unknown(1));
        };
      }
    }
  }

  /**
   * Texts, or pairs of them.
   *
   * @param folder where the tokenizer lies
   */
  record Texts(TextEncoder model, Path folder) implements ModelInput {

    @Override
    public DataSet open(Path file, DataLayout layout, int workers, Path scratch)
        throws IOException {
      return switch (layout) {
        case DataLayout.OfTexts columns ->
            TextData.open(file, columns, TokenizerFiles.json(folder), model);
        case DataLayout.ImageFolder _ -> throw otherKind("images", "texts");
      };
    }

    @Override
    public Samples read(List<String> texts, Question question) throws IOException {
      return TextData.unlabelled(texts, question, TokenizerFiles.json(folder), model);
    }

    @Override
    public Samples read(Path image) {
      throw otherKind("images", "texts");
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
