package io.espalier.trainer.task;

import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Regularisation;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.models.family.Families;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.weights.Durable;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.writing.WritingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
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

/** {@code train}: one training with its evaluation, without a platform: the tasks of a job. */
@Command(
    name = "train",
    description = {
      "Trains a model on a data set with given settings, evaluates it on the test split, and",
      "exports it. A job of the platform runs the same tasks, and chooses the settings itself.",
      "A model that writes learns from a text (.txt) or from conversations (.jsonl with messages,",
      "with prompt and completion, or with instruction, input and output)."
    },
    mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONG_ENOUGH = Duration.ofDays(365);

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "The base model.")
  private Path model = Path.of(".");

  @Parameters(
      index = "1",
      paramLabel = "DATA",
      description =
          "An image folder as zip, a table of texts whose columns are guessed, or what a model that"
              + " writes learns from.")
  private Path data = Path.of("data.zip");

  @Parameters(index = "2", paramLabel = "TARGET", description = "A folder that does not exist yet.")
  private Path target = Path.of("out");

  @Option(names = "--protocol", description = "One of ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.")
  private Protocol protocol = Protocol.FULL;

  @Option(names = "--steps", description = "Optimizer steps: ${DEFAULT-VALUE}.")
  private int steps = 200;

  @Option(names = "--batch", description = "Samples of a step: ${DEFAULT-VALUE}.")
  private int batch = 32;

  @Option(names = "--rate", description = "Learning rate of the head: ${DEFAULT-VALUE}.")
  private double rate = 1e-3;

  @Option(names = "--weight-decay", description = "${DEFAULT-VALUE}.")
  private double weightDecay = 0.01;

  @Option(
      names = "--layer-decay",
      description = "Factor of the rate from block to block downwards: ${DEFAULT-VALUE}.")
  private double layerDecay = 1;

  @Option(names = "--rank", description = "LoRA's rank: ${DEFAULT-VALUE}.")
  private int rank = 8;

  @Option(names = "--label-smoothing", description = "${DEFAULT-VALUE}.")
  private double labelSmoothing;

  @Option(names = "--no-augmentation", description = "Images are taken as they are.")
  private boolean plain;

  @Option(
      names = "--side",
      paramLabel = "PIXELS",
      description = "Side of the images, where the model takes any: as its files say.")
  private @Nullable Integer side;

  @Option(
      names = "--length",
      paramLabel = "TOKENS",
      description = "Of a window of text, or a row of conversations: ${DEFAULT-VALUE}.")
  private int length = 256;

  @Option(
      names = "--test",
      paramLabel = "FILE",
      description = "What a model that writes is tested on: a tenth of DATA that it never sees.")
  private @Nullable Path test;

  @Option(
      names = "--answers",
      paramLabel = "N",
      description = "Questions of the test split to answer before and after: ${DEFAULT-VALUE}.")
  private int answers = 8;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most tokens of such an answer: ${DEFAULT-VALUE}.")
  private int longest = 64;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = {
        "By which the best weights are chosen on the validation split: accuracy, macro_f1, auc,",
        "micro_f1, entity_f1, rmse, mae, pearson, as the data allows; the usual one of such data."
      })
  private @Nullable String metric;

  @Mixin private DataOptions columns = new DataOptions();

  @Option(names = "--threads", description = "Threads of the engine: all processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--seed", description = "${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--json", description = "One JSON object at the end, and no progress.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    if (Files.exists(target))
      throw new ParameterException(commandLine, target + " is there already: name a new folder");
    var out = commandLine.getOut();
    var work = Files.createTempDirectory("espalier-train");
    try {
      if (!Families.of(ModelConfig.read(model.resolve(ModelFolder.CONFIG))).classifies())
        return write(out, work);
      var layout = columns.layout(data);
      if (!json) out.println("reads " + columns.told(layout));
      var task = new TaskSpec.Train(training(), null, metric);
      var trained = run(out, folder(work, "training"), layout, task);
      if (!(trained.last() instanceof TrainerEvent.Trained end)) return trained.code();
      var evaluation = folder(work, "evaluation");
      handOver(trained.folder(), end.files(), evaluation.resolve("inputs/trained"));
      var evaluated = run(out, evaluation, layout, new TaskSpec.Evaluate(training(), name()));
      if (!(evaluated.last() instanceof TrainerEvent.Evaluated result)) return evaluated.code();
      Files.createDirectories(target);
      for (var export : result.exports()) deliver(evaluated.folder(), export);
      tell(out, result, trained.waitingShare());
      return 0;
    } finally {
      Durable.delete(work);
    }
  }

  private int write(PrintWriter out, Path work) throws IOException {
    EngineStart.withThreads(threads);
    var run =
        new WritingRun(
            model,
            data,
            Optional.ofNullable(test),
            work,
            target,
            training(),
            length,
            answers,
            longest);
    var result = run.run(new ShownProgress(json ? null : out, steps));
    if (json) out.println(JSON.writeValueAsString(result));
    else WritingReport.print(out, protocol, result);
    out.flush();
    return 0;
  }

  private record Done(
      Path folder, int code, @Nullable TrainerEvent last, OptionalDouble waitingShare) {}

  private Done run(PrintWriter out, Path folder, DataLayout layout, TaskSpec.Work work)
      throws IOException, InterruptedException {
    var task =
        new TaskSpec(UUID.randomUUID(), UUID.randomUUID(), "cpu", threads, List.of(), layout, work);
    var file = folder.resolve("spec.json");
    Files.write(file, JSON.writeValueAsBytes(task));
    var shown = new ShownEvents(folder.resolve("events.jsonl"), json ? null : out);
    var watcher = Thread.ofVirtual().start(shown::follow);
    int code = new TaskRunner(folder, Clock.systemUTC()).run(file).code();
    watcher.interrupt();
    watcher.join();
    var last = shown.rest();
    if (last instanceof TrainerEvent.Failed failed)
      Objects.requireNonNull(spec).commandLine().getErr().println(failed.problem().sentence());
    return new Done(folder, code, last, shown.value(TrainTask.WAITING));
  }

  private Path folder(Path work, String name) throws IOException {
    var folder = Files.createDirectories(work.resolve(name));
    var inputs = Files.createDirectories(folder.resolve("inputs/model"));
    try (var files = Files.list(model)) {
      for (var file : files.filter(Files::isRegularFile).toList())
        linkOrCopy(file, inputs.resolve(file.getFileName()));
    }
    linkOrCopy(data, folder.resolve("inputs/dataset"));
    if (side != null) resize(inputs, side);
    var deadline = Instant.now().plus(LONG_ENOUGH).toEpochMilli();
    Files.writeString(folder.resolve("deadline"), Long.toString(deadline));
    return folder;
  }

  /** A second name costs no space; inputs are only read. */
  private static void linkOrCopy(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from.toRealPath());
    } catch (UnsupportedOperationException | FileSystemException otherDisk) {
      Files.copy(from, to);
    }
  }

  private void resize(Path inputs, int pixels) throws IOException {
    var processor = inputs.resolve(PreprocessorConfig.FILE_NAME);
    try (var arena = Arena.ofConfined()) {
      var folder = ModelFolder.read(model, arena);
      Files.deleteIfExists(processor);
      Files.write(
          processor, OwnPreprocessing.square(folder.preprocessor(), folder.config(), pixels));
    }
  }

  private Training training() {
    var reach =
        protocol == Protocol.LORA ? Reach.DEFAULT.with(Adapters.ofRank(rank)) : Reach.DEFAULT;
    return new Training(
        protocol,
        Settings.of(Schedule.linear(rate, Schedule.usualWarmup(steps), steps), batch, seed)
            .with(Optimization.ADAMW.decaying(weightDecay))
            .with(layerDecay == 1 ? reach : reach.with(new LayerRates.ByDepth(layerDecay)))
            .with(
                new Regularisation(
                    labelSmoothing, plain ? new Augmentation.None() : new Augmentation.Gentle())));
  }

  private String name() {
    return String.valueOf(target.toAbsolutePath().getFileName());
  }

  private static void handOver(Path from, List<NamedBlob> files, Path to) throws IOException {
    Files.createDirectories(to);
    for (var file : files) {
      var source = from.resolve(file.name());
      Files.copy(source, to.resolve(String.valueOf(source.getFileName())));
    }
  }

  /** Exports lie in the work folder under names that say what they are. */
  private void deliver(Path folder, TrainerEvent.Export export) throws IOException {
    for (var file : export.files()) {
      var inside = Path.of("exports").relativize(Path.of(file.name()));
      var to = target.resolve(inside.toString());
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      Files.copy(folder.resolve(file.name()), to);
    }
  }

  private static Map<String, Object> measures(TrainerEvent.Evaluated result) {
    var measures = new LinkedHashMap<String, Object>();
    for (var measure : result.measures())
      measures.put(
          measure.metric(),
          Map.of(
              "before", measure.before(),
              "after", measure.after(),
              "low", measure.low(),
              "high", measure.high()));
    return measures;
  }

  private void tell(PrintWriter out, TrainerEvent.Evaluated result, OptionalDouble waitingShare)
      throws IOException {
    var kinds = new ArrayList<String>();
    try (var folders = Files.list(target)) {
      folders.sorted().forEach(one -> kinds.add(one.toString()));
    }
    if (json) {
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("protocol", protocol.name());
      told.put("metric", result.metric());
      told.put("before", result.before());
      told.put("after", result.after());
      told.put("chance", result.chance());
      told.put("samples", result.samples());
      told.put("reload_max_diff", result.reloadMaxDifference());
      told.put("metrics", measures(result));
      waitingShare.ifPresent(share -> told.put("data_wait_share", share));
      told.put("exports", kinds);
      out.println(JSON.writeValueAsString(told));
    } else {
      out.printf(
          Locale.ROOT,
          "%s: %s %.4f → %.4f on %d test samples (chance %.4f); reloaded within %.1e; %s%n",
          protocol.label(),
          result.metric(),
          result.before(),
          result.after(),
          result.samples(),
          result.chance(),
          result.reloadMaxDifference(),
          String.join(", ", kinds));
      for (var measure : result.measures())
        out.printf(
            Locale.ROOT,
            "%s %.4f → %.4f (95 %%: %.4f … %.4f)%n",
            measure.metric(),
            measure.before(),
            measure.after(),
            measure.low(),
            measure.high());
      waitingShare.ifPresent(share ->
          out.printf(Locale.ROOT, "steps waited for data %.2f %% of their time%n", 100 * share));
    }
    out.flush();
  }
}
