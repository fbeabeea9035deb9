package io.espalier.trainer.task;

import io.espalier.models.family.Families;
import io.espalier.models.family.ModelConfig;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.writing.WritingEvaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code evaluate}: how good a finished model is on labelled data. */
@Command(
    name = "evaluate",
    description = {
      "Judges a trained model on labelled data: every metric of its task with the interval that",
      "95 %% of resampled data sets fall into, and what it takes for what. A model that writes is",
      "judged on a text (.txt) or on conversations (.jsonl): perplexity, exact match and ROUGE."
    },
    mixinStandardHelpOptions = true)
public final class EvaluateCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "A trained model.")
  private Path model = Path.of(".");

  @Parameters(
      index = "1",
      paramLabel = "DATA",
      description =
          "An image folder as zip, a table of texts (CSV, TSV, JSONL or CoNLL), or what a model that"
              + " writes is judged by.")
  private Path data = Path.of("data.zip");

  @Mixin private AskedOptions asked = new AskedOptions();

  @Option(
      names = "--zero-shot",
      description = "CLIP tells classes by their names: nothing was trained on them.")
  private boolean zeroShot;

  @Option(
      names = "--template",
      paramLabel = "SENTENCE",
      description =
          "A sentence with {} for the name of a class, any number of them: ${DEFAULT-VALUE}.")
  private List<String> templates = List.of("a photo of a {}");

  @Mixin private DataOptions columns = new DataOptions();

  @Option(
      names = "--length",
      paramLabel = "TOKENS",
      description =
          "Where the model writes, of a window of text or a row of conversations: ${DEFAULT-VALUE}.")
  private int length = 256;

  @Option(
      names = "--answers",
      paramLabel = "N",
      description = "Where it writes, most questions to answer: ${DEFAULT-VALUE}.")
  private int answers = 32;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most tokens of such an answer: ${DEFAULT-VALUE}.")
  private int longest = 64;

  @Option(names = "--json", description = "One JSON object, and no progress.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    EngineStart.withThreads(asked.threads);
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    if (!Families.of(ModelConfig.read(model.resolve(ModelFolder.CONFIG))).classifies()) {
      writing(out);
      return 0;
    }
    var layout = columns.layout(data);
    var scratch = Files.createTempDirectory("espalier-evaluate");
    try (var arena = Arena.ofShared()) {
      var base = BaseModel.read(model, arena);
      try (var set = base.input().open(data, layout, asked.threads, scratch)) {
        if (!json) out.println("reads " + columns.told(layout));
        var result = zeroShot ? byName(base, set, out) : trained(base, set, arena, out);
        var report = new EvaluationReport(result, asked.split.told(set), set.remarks());
        if (json) report.json(out);
        else report.print(out);
        out.flush();
      }
    } finally {
      Files.delete(scratch);
    }
    return 0;
  }

  private void writing(PrintWriter out) throws IOException {
    var evaluation =
        new WritingEvaluation(
            model, Optional.ofNullable(asked.adapter), data, length, answers, longest);
    var result =
        evaluation.run((done, all) -> new ProgressLine(json ? null : out, "read", all).at(done));
    if (json) WritingReport.json(out, result);
    else WritingReport.print(out, result);
    out.flush();
  }

  private Predictions trained(BaseModel base, DataSet set, Arena arena, PrintWriter out)
      throws IOException, Stopped {
    var answering = Answering.of(base, asked.adapter, set.question());
    var samples = answering.asking(asked.split.of(set), set.classes());
    try (var session = answering.open(arena)) {
      var answers = Extraction.unleased(session).logits(samples, progress(samples, out));
      return new Predictions(samples, answering.question().classes(), answers);
    }
  }

  private Predictions byName(BaseModel base, DataSet set, PrintWriter out) throws IOException {
    var samples = asked.split.of(set);
    try (var names = ZeroShot.open(base, model, set.classes(), templates)) {
      return new Predictions(
          samples, set.classes(), names.answers(samples, progress(samples, out)));
    }
  }

  private IntConsumer progress(Samples samples, PrintWriter out) {
    var line = new ProgressLine(json ? null : out, "evaluated", samples.size());
    return line::at;
  }
}
