package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.datasets.gate.DatasetGate;
import io.espalier.datasets.gate.Inspection;
import io.espalier.datasets.table.TextSample;
import io.espalier.datasets.table.TextTable;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Refused;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
      description = "A zip of image folders, or a table of texts.")
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
      DataLayout layout = layout();
      try (DataSet opened = base.input().open(data, layout, 1, scratch)) {
        print(base, opened.classes(), opened.load(Split.TEST), texts(layout), arena);
      }
    } finally {
      Files.delete(scratch);
    }
    return 0;
  }

  private DataLayout layout() throws IOException {
    Inspection inspection = DatasetGate.standard().inspect(data);
    if (inspection.layout() == null) {
      throw new Refused(inspection.problems().getFirst());
    }
    return inspection.layout();
  }

  /** What others need in order to make a model's input of it; by the sample's name. */
  private Map<String, TextSample> texts(DataLayout layout) throws IOException {
    if (!(layout instanceof DataLayout.TextTable columns)) {
      return Map.of();
    }
    try (TextTable table = TextTable.open(data, columns)) {
      Map<String, TextSample> texts = new HashMap<>();
      table.samples(Split.TEST).forEach(sample -> texts.put(sample.name(), sample));
      return texts;
    }
  }

  private void print(
      BaseModel base,
      List<String> classes,
      Samples samples,
      Map<String, TextSample> texts,
      Arena arena)
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
          Map<String, Object> line = new TreeMap<>();
          line.put("name", samples.name(i));
          line.put("logits", Arrays.copyOfRange(logits, at, at + width));
          TextSample text = texts.get(samples.name(i));
          if (text != null) {
            line.put("text", text.text());
            text.secondText().ifPresent(second -> line.put("secondText", second));
          }
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
