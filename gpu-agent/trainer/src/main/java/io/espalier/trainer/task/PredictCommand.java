package io.espalier.trainer.task;

import io.espalier.datasets.table.TextSample;
import io.espalier.datasets.table.TextTable;
import io.espalier.domain.data.DataLayout;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.TrainingSession;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code predict}: what a trained model says of samples. */
@Command(
    name = "predict",
    description = {
      "Tells what a trained model says: labels and probabilities, numbers, or tags, one line a",
      "sample. A person sees them in words; a pipe, and --json, get JSON with the logits."
    },
    mixinStandardHelpOptions = true)
public final class PredictCommand implements Callable<Integer> {

  private static final int BATCH = 64;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "A trained model.")
  private Path model = Path.of(".");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DATA",
      description =
          "An image folder as zip, a table of texts, or one image; labels are not looked at.")
  private @Nullable Path data;

  @Option(names = "--input", paramLabel = "TEXT", description = "A text; any number of them.")
  private List<String> inputs = List.of();

  @Mixin private AskedOptions asked = new AskedOptions();

  @Mixin private DataOptions columns = new DataOptions();

  @Option(names = "--json", description = "JSON at a terminal too.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    if ((data == null) == inputs.isEmpty())
      throw new ParameterException(commandLine, "give either DATA or --input");
    EngineStart.withThreads(asked.threads);
    var out = commandLine.getOut();
    try (var arena = Arena.ofShared()) {
      var base = BaseModel.read(model, arena);
      if (data == null) ofTexts(base, arena, out);
      else if (isImage(data)) ofImage(base, data, arena, out);
      else ofData(base, data, arena, out);
    }
    out.flush();
    return 0;
  }

  private void ofTexts(BaseModel base, Arena arena, PrintWriter out) throws IOException {
    var answering = Answering.of(base, asked.adapter, null);
    var samples = base.input().read(inputs, answering.question());
    try (var session = answering.open(arena)) {
      print(session, answering.question(), samples, Map.of(), out);
    }
  }

  private void ofImage(BaseModel base, Path image, Arena arena, PrintWriter out)
      throws IOException {
    var answering = Answering.of(base, asked.adapter, null);
    var samples = base.input().read(image);
    try (var session = answering.open(arena)) {
      print(session, answering.question(), samples, Map.of(), out);
    }
  }

  private void ofData(BaseModel base, Path file, Arena arena, PrintWriter out) throws IOException {
    var layout = columns.layout(file);
    var scratch = Files.createTempDirectory("espalier-predict");
    try (var set = base.input().open(file, layout, asked.threads, scratch)) {
      // Whatever the data asks, the model's own question is answered; an adapter's is the data's.
      var answering =
          Answering.of(base, asked.adapter, asked.adapter == null ? null : set.question());
      var classes = answering.question().classes();
      var samples = asked.split.of(set);
      var unasked = samples.wanting(samples.targets().unasked(classes));
      try (var session = answering.open(arena)) {
        print(session, answering.question(), unasked, texts(file, layout), out);
      }
    } finally {
      Files.delete(scratch);
    }
  }

  /** What a sample of that name says; others have no other way to a row than its text. */
  private static Map<String, TextSample> texts(Path file, DataLayout layout) throws IOException {
    var texts = new LinkedHashMap<String, TextSample>();
    if (layout instanceof DataLayout.OfTexts columns) {
      try (var table = TextTable.open(file, columns)) {
        for (var sample : table.all()) texts.put(sample.name(), sample);
      }
    }
    return texts;
  }

  private void print(
      TrainingSession session,
      Question question,
      Samples samples,
      Map<String, TextSample> texts,
      PrintWriter out) {
    for (int from = 0; from < samples.size(); from += BATCH) {
      int to = Math.min(samples.size(), from + BATCH);
      var part = samples.all().part(from, to);
      var answers = part.answers(session.forward("predict", part.batch()).logits());
      for (int i = from; i < to; i++) {
        var told = new Told(question, answers.get(i - from));
        var text = texts.get(samples.name(i));
        out.println(
            isForPeople() ? words(samples.name(i), text, told) : json(samples.name(i), text, told));
      }
    }
  }

  private boolean isForPeople() {
    return !json && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private static String words(String name, @Nullable TextSample text, Told told) {
    return name + ": " + told.sentence() + (text == null ? "" : "  « " + text.text() + " »");
  }

  private static String json(String name, @Nullable TextSample text, Told told) {
    var line = new LinkedHashMap<String, Object>();
    line.put("name", name);
    if (text != null) {
      line.put("text", text.text());
      text.secondText().ifPresent(second -> line.put("secondText", second));
    }
    line.putAll(told.fields());
    line.put("logits", told.logits());
    return JSON.writeValueAsString(line);
  }

  private static boolean isImage(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var mark = in.readNBytes(4);
      boolean png = mark.length == 4 && mark[0] == (byte) 0x89 && mark[1] == 'P';
      boolean jpeg = mark.length == 4 && mark[0] == (byte) 0xFF && mark[1] == (byte) 0xD8;
      return png || jpeg;
    }
  }
}
