package io.espalier.trainer.generation;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code generate}: a model goes on with texts. */
@Command(
    name = "generate",
    description = "Goes on with each prompt, or answers it where the model has an encoder.",
    mixinStandardHelpOptions = true)
public final class GenerateCommand implements Callable<Integer> {

  private static final JsonMapper JSON = new JsonMapper();

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "A model that writes texts.")
  private Path folder = Path.of(".");

  @Parameters(index = "1..*", paramLabel = "PROMPT", description = "Texts; one empty by default.")
  private List<String> prompts = List.of("");

  @Option(names = "--adapter", paramLabel = "DIR", description = "An adapter for the model.")
  private @Nullable Path adapter;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most tokens of an answer: ${DEFAULT-VALUE}.")
  private int longest = 100;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 always takes the likeliest token: ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(names = "--top-k", paramLabel = "K", description = "0 for all: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(names = "--top-p", paramLabel = "P", description = "${DEFAULT-VALUE}.")
  private double topP = 1;

  @Option(names = "--seed", paramLabel = "N", description = "${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "One JSON object a prompt.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    EngineStart.withThreads(Runtime.getRuntime().availableProcessors());
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    try (var arena = Arena.ofShared();
        var tokenizer = Tokenizer.whole(TokenizerFiles.json(folder))) {
      var model = ModelFolder.read(folder, arena);
      if (model.family().classifies())
        throw new Refused(
            Problem.of(
                    "model-writes-nothing",
                    Category.INVALID,
                    "config.json model_type",
                    "The model tells classes apart, and writes no texts.",
                    "Use predict, or a model that writes.")
                .found(model.family().type()));
      try (var session = session(model, arena)) {
        var sampling = new Sampling(temperature, topK, topP);
        var generation =
            new Generation(session, model.family(), sampling, Ends.of(model.config()), longest);
        var answers = generation.answers(tokens(tokenizer), seed);
        for (int i = 0; i < answers.size(); i++)
          print(out, tokenizer, prompts.get(i), answers.get(i));
      }
    }
    out.flush();
    return 0;
  }

  private void print(java.io.PrintWriter out, Tokenizer tokenizer, String prompt, int[] answer) {
    var ids = Arrays.stream(answer).asLongStream().toArray();
    var text = tokenizer.decode(ids, true);
    if (!json) {
      out.println(prompt + text);
      return;
    }
    var line = new LinkedHashMap<String, Object>();
    line.put("prompt", prompt);
    line.put("answer", text);
    line.put("ids", ids);
    out.println(JSON.writeValueAsString(line));
  }

  private List<int[]> tokens(Tokenizer tokenizer) {
    var tokens = new ArrayList<int[]>();
    for (var prompt : prompts) tokens.add(tokenizer.encode(prompt).ids());
    return tokens;
  }

  private TrainingSession session(ModelFolder model, Arena arena) throws IOException {
    var labels = model.labels();
    if (adapter == null) {
      var weights = StartingWeights.of(model, labels, TrainingPlan.nothing(), 0);
      return TrainingSession.forInference(model.family(), weights);
    }
    var read = Adapter.read(adapter, model.family(), arena);
    var plan = read.plan();
    var start = StartingWeights.of(model, labels, plan, 0);
    return TrainingSession.open(
        model.family(), plan, Mode.EVAL, AdamW.UNCLIPPED, new Overlay(read.tensors(), start));
  }
}
