package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.datasets.gate.DatasetGate;
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
import java.util.LinkedHashMap;
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
      description = "An image folder as zip, or a table of texts; columns are guessed.")
  private Path data = Path.of("data.zip");

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "An adapter as exported; MODEL_DIR is then the base model.")
  private @Nullable Path adapter;

  @Override
  public Integer call() throws IOException {
    EngineStart.withThreads(Runtime.getRuntime().availableProcessors());
    DataLayout layout = layout();
    Path scratch = Files.createTempDirectory("espalier-predict");
    try (Arena arena = Arena.ofShared()) {
      BaseModel base = BaseModel.read(model, arena);
      try (DataSet set = base.input().open(data, layout, 1, scratch);
          TrainingSession session = session(base, set.classes(), arena)) {
        print(session, set.load(Split.TEST), texts(layout));
      }
    } finally {
      Files.delete(scratch);
    }
    return 0;
  }

  private DataLayout layout() throws IOException {
    var seen = DatasetGate.standard().inspect(data);
    if (seen.layout() == null) throw new Refused(seen.problems().getFirst());
    return seen.layout();
  }

  /** What a sample of that name says; others have no other way to a row than its text. */
  private Map<String, Map<String, String>> texts(DataLayout layout) throws IOException {
    var texts = new LinkedHashMap<String, Map<String, String>>();
    if (layout instanceof DataLayout.TextTable columns) {
      try (TextTable table = TextTable.open(data, columns)) {
        for (var sample : table.samples(Split.TEST)) {
          var said = new LinkedHashMap<>(Map.of("text", sample.text()));
          sample.secondText().ifPresent(second -> said.put("secondText", second));
          texts.put(sample.name(), said);
        }
      }
    }
    return texts;
  }

  private static void print(
      TrainingSession session, Samples samples, Map<String, Map<String, String>> texts) {
    for (int from = 0; from < samples.size(); from += BATCH) {
      int to = Math.min(samples.size(), from + BATCH);
      var batch = samples.all().part(from, to).batch();
      float[] logits = session.forward("predict", batch).tensor("logits").floats();
      int width = logits.length / (to - from);
      for (int i = from; i < to; i++) {
        int at = (i - from) * width;
        var line = new LinkedHashMap<String, Object>();
        line.put("name", samples.name(i));
        line.putAll(texts.getOrDefault(samples.name(i), Map.of()));
        line.put("logits", Arrays.copyOfRange(logits, at, at + width));
        System.out.println(JSON.writeValueAsString(line));
      }
    }
  }

  private TrainingSession session(BaseModel base, List<String> classes, Arena arena)
      throws IOException {
    Family family = TaskContext.family(base, classes);
    if (adapter == null) {
      var nothing = TrainingPlan.nothing();
      var weights = StartingWeights.of(base.folder(), family, classes, nothing, 0);
      return TrainingSession.forInference(family, weights);
    }
    Adapter read = Adapter.read(adapter, family, arena);
    TrainingPlan plan = read.plan();
    TensorSource start = StartingWeights.of(base.folder(), family, classes, plan, 0);
    return TrainingSession.open(
        family, plan, Mode.EVAL, AdamW.UNCLIPPED, new Overlay(read.tensors(), start));
  }
}
