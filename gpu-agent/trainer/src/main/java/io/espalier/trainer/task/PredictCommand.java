package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.ImageData;
import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code predict}: what an export says of a data set, for comparison with what others load. */
@Command(
    name = "predict",
    description = "Prints a model's logits for the test split of a data set, one line per sample.",
    mixinStandardHelpOptions = true)
public final class PredictCommand implements Callable<Integer> {

  private static final int BATCH = 64;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "A model as exported.")
  private Path model = Path.of(".");

  @Parameters(index = "1", paramLabel = "DATA.zip", description = "An image folder.")
  private Path data = Path.of("data.zip");

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "An adapter as exported; MODEL_DIR is then the base model.")
  private @Nullable Path adapter;

  @Override
  public Integer call() throws IOException {
    EngineStart.withThreads(Runtime.getRuntime().availableProcessors());
    Path scratch = Files.createTempDirectory("espalier-predict");
    try (Arena arena = Arena.ofShared()) {
      BaseModel base = BaseModel.read(model, arena);
      try (ImageData images = ImageData.open(data, base.preprocessing(), base.area(), 1, scratch)) {
        print(base, images.classes(), images.load(Split.TEST), arena);
      }
    } finally {
      Files.delete(scratch);
    }
    return 0;
  }

  private void print(BaseModel base, List<String> classes, ImageSet images, Arena arena)
      throws IOException {
    try (TrainingSession session = session(base, classes, arena)) {
      for (int from = 0; from < images.size(); from += BATCH) {
        int to = Math.min(images.size(), from + BATCH);
        float[] logits =
            session
                .forward("predict", images.all().part(from, to).batch())
                .tensor("logits")
                .floats();
        int width = logits.length / (to - from);
        for (int i = from; i < to; i++) {
          int at = (i - from) * width;
          var line =
              Map.of("name", images.name(i), "logits", Arrays.copyOfRange(logits, at, at + width));
          System.out.println(JSON.writeValueAsString(line));
        }
      }
    }
  }

  private TrainingSession session(BaseModel base, List<String> classes, Arena arena)
      throws IOException {
    if (adapter == null) {
      var weights = StartingWeights.of(base.folder(), classes, TrainingPlan.nothing(), 0);
      return TrainingSession.forInference(base.folder().family(), weights);
    }
    Family family = TaskContext.family(base, classes);
    Adapter read = Adapter.read(adapter, family, arena);
    TrainingPlan plan = read.plan(family);
    TensorSource start = StartingWeights.of(base.folder(), classes, plan, 0);
    return TrainingSession.open(
        family, plan, Mode.EVAL, AdamW.UNCLIPPED, new Overlay(read.tensors(), start));
  }
}
