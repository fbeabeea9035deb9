package io.espalier.trainer.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The starter as it is shipped. */
class StarterTest {

  private static final Path FOLDER = Path.of("src/main/starter/vit");

  @BeforeAll
  static void start() {
    EngineStart.withThreads(1);
  }

  @Test
  void isSmall() throws IOException {
    assertThat(Files.size(FOLDER.resolve("model.safetensors"))).isLessThan(2_000_000);
  }

  @Test
  void hasTheShapeAndClassesOfItsCommand() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      ModelFolder folder = ModelFolder.read(FOLDER, arena);

      assertThat(folder.labels()).isEqualTo(new DrawnImages().classes());
      assertThat(folder.family()).isEqualTo(StarterModel.family(new DrawnImages().classes()));
    }
  }

  /** Images with numbers that pre-training did not draw; the card says 0.598 of 2,048. */
  @Test
  void knowsDrawnImagesThatItHasNotSeen() throws IOException {
    ImagePreprocessing preprocessing =
        PreprocessorConfig.read(Files.readAllBytes(FOLDER.resolve(PreprocessorConfig.FILE_NAME)));
    DrawnImages images = new DrawnImages();
    List<RgbImage> drawn = new ArrayList<>();
    int[] labels = new int[2 * DrawnImages.CLASSES];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % DrawnImages.CLASSES;
      drawn.add(images.draw(labels[i], -1_000_000L - i, StarterModel.SIDE));
    }

    float[] logits;
    try (Arena arena = Arena.ofShared()) {
      ModelFolder folder = ModelFolder.read(FOLDER, arena);
      var weights = StartingWeights.of(folder, folder.labels(), TrainingPlan.nothing(), 0);
      assertThat(weights.begunAnew()).isEmpty();
      try (TrainingSession session = TrainingSession.forInference(folder.family(), weights)) {
        var batch = ImageSet.of(preprocessing, drawn, labels).all().batch();
        logits = session.forward("predict", batch).logits().floats();
      }
    }

    int right = 0;
    for (int row = 0; row < labels.length; row++) {
      right += best(logits, row * DrawnImages.CLASSES) == labels[row] ? 1 : 0;
    }
    assertThat(right / (double) labels.length).isGreaterThan(0.5);
  }

  private static int best(float[] logits, int from) {
    int best = 0;
    for (int label = 1; label < DrawnImages.CLASSES; label++) {
      if (logits[from + label] > logits[from + best]) {
        best = label;
      }
    }
    return best;
  }
}
