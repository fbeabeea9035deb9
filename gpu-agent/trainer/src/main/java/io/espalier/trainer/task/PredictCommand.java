package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.domain.data.DataLayout;
import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.Samples;
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

  @Parameters(
      index = "1",
      paramLabel = "DATA",
      description = "A zip of images, or a table of texts or a zip of such tables.")
  private Path data = Path.of("data.zip");

  @Option(names = "--text", description = "Column of the texts, default ${DEFAULT-VALUE}.")
  private String text = "text";

  @Option(names = "--second-text", description = "Column of the second texts of pairs.")
  private @Nullable String secondText;

  @Option(names = "--label", description = "Column of the classes, default ${DEFAULT-VALUE}.")
  private String label = "label";

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
      try (DataSet set = base.input().open(data, layout(base), 1, scratch)) {
        print(base, set.classes(), set.load(Split.TEST), arena);
      }
    } finally {
      Files.delete(scratch);
    }
    return 0;
  }

  private DataLayout layout(BaseModel base) {
    return switch (base.input()) {
      case ModelInput.Images _ -> new DataLayout.ImageFolder();
      case ModelInput.Texts _ -> new DataLayout.TextTable(text, secondText, label);
    };
  }

  private void print(BaseModel base, List<String> classes, Samples samples, Arena arena)
      throws IOException {
    try (TrainingSession session = session(base, classes, arena)) {
      for (int from = 0; from < samples.size(); from += BATCH) {
        int to = Math.min(samples.size(), from + BATCH);
        float[] logits =
            session
                .forward("predict", samples.all().part(from, to).batch())
                .tensor("logits")
                .floats();
        int width = logits.length / (to - from);
        for (int i = from; i < to; i++) {
          int at = (i - from) * width;
          var line =
              Map.of("name", samples.name(i), "logits", Arrays.copyOfRange(logits, at, at + width));
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
