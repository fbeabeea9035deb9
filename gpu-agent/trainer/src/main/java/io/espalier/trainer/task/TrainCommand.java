package io.espalier.trainer.task;

import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Modality;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.models.family.Families;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.weights.Durable;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.loop.MicroBatch;
import io.espalier.trainer.loop.Replicas;
import io.espalier.trainer.replica.SharedSum;
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
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

  @Mixin private TrainingOptions options = new TrainingOptions();

  @Option(
      names = "--continue-from",
      paramLabel = "DIR",
      description = {
        "What an earlier training has exported: an adapter of MODEL_DIR, or a whole model. LORA goes",
        "on with the adapter itself, other protocols with the model that it makes."
      })
  private @Nullable Path earlier;

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

  @Option(
      names = "--threads",
      description = "Threads of the engine: all processors, shared by the replicas.")
  private @Nullable Integer threads;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description = {
        "Trains in so many processes of this host, each on a part of every batch and on a GPU of its",
        "own where there are some: ${DEFAULT-VALUE}."
      })
  private int replicas = 1;

  @Option(names = "--replica-rank", hidden = true, description = "Of one of the replicas.")
  private int rank;

  @Option(names = "--exchange", hidden = true, description = "Where the replicas meet.")
  private @Nullable Path exchange;

  @Option(names = "--json", description = "One JSON object at the end, and no progress.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    if (rank == 0 && Files.exists(target))
      throw new ParameterException(commandLine, target + " is there already: name a new folder");
    mustBeShared(commandLine);
    var work = Files.createTempDirectory("espalier-train");
    try {
      if (rank > 0) {
        try (var sum = SharedSum.join(Objects.requireNonNull(exchange), rank, replicas)) {
          return train(work, sum);
        }
      }
      if (replicas == 1) return train(work, Replicas.ALONE);
      try (var followers = Followers.start(replicas, arguments(), work.resolve("exchange"))) {
        return train(work, followers.sum());
      }
    } finally {
      Durable.delete(work);
    }
  }

  /** As they were given, under the name of this command. */
  private List<String> arguments() {
    var commandLine = Objects.requireNonNull(spec).commandLine();
    var given = commandLine.getParseResult().originalArgs();
    var own = new ArrayList<>(List.of(commandLine.getCommandName()));
    boolean named = !given.isEmpty() && given.getFirst().equals(commandLine.getCommandName());
    own.addAll(named ? given.subList(1, given.size()) : given);
    return own;
  }

  private int train(Path work, Replicas shared) throws IOException, InterruptedException {
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    var start = Start.of(model, Optional.ofNullable(earlier));
    var family = Families.of(ModelConfig.read(start.model().resolve(ModelFolder.CONFIG)));
    var training =
        start.continued(
            options.training(Families.modality(family.type()) == Modality.IMAGE), family);
    if (!family.classifies()) return write(out, work, start, training, shared);
    var layout = columns.layout(data);
    if (!json && shared.isFirst()) out.println("reads " + columns.told(layout));
    var memory = options.numbers.memoryBytes();
    var trained =
        run(
            out,
            folder(work, "training", start),
            layout,
            new TaskSpec.Train(training, null, memory, metric),
            shared);
    if (!shared.isFirst()) return trained.last() instanceof TrainerEvent.Yielded ? 0 : 1;
    if (!(trained.last() instanceof TrainerEvent.Trained end)) return trained.code();
    var evaluation = folder(work, "evaluation", start);
    handOver(trained.folder(), end.files(), evaluation.resolve("inputs/trained"));
    var evaluated =
        run(out, evaluation, layout, new TaskSpec.Evaluate(training, name()), Replicas.ALONE);
    if (!(evaluated.last() instanceof TrainerEvent.Evaluated result)) return evaluated.code();
    Files.createDirectories(target);
    for (var export : result.exports()) deliver(evaluated.folder(), export);
    tell(out, result, trained.waitingShare());
    return 0;
  }

  private void mustBeShared(CommandLine commandLine) {
    int batch = options.numbers.batch;
    if (replicas < 1 || replicas > batch || rank < 0 || rank >= replicas)
      throw new ParameterException(
          commandLine,
          "--replicas is %d: at least 1, and at most the %d samples of a step"
              .formatted(replicas, batch));
    if (replicas > 1 && options.protocol == Protocol.LINEAR_PROBE)
      throw new ParameterException(
          commandLine, "a linear probe takes no steps that --replicas could share");
  }

  private int threads() {
    return threads != null
        ? threads
        : Math.max(1, Runtime.getRuntime().availableProcessors() / replicas);
  }

  private int write(PrintWriter out, Path work, Start start, Training training, Replicas shared)
      throws IOException {
    EngineStart.withThreads(threads());
    var memory = options.numbers.memoryBytes();
    var room = memory == null ? MicroBatch.available() : OptionalLong.of(memory);
    var run =
        new WritingRun(
            start.model(),
            data,
            Optional.ofNullable(test),
            work,
            target,
            training,
            length,
            answers,
            longest,
            new WritingRun.Equipment(start.adapter(), shared, room));
    var shown = shared.isFirst() && !json ? out : null;
    var result = run.run(new ShownProgress(shown, training.settings().schedule().maxSteps()));
    if (result.isEmpty()) return 0;
    if (json) out.println(JSON.writeValueAsString(result.get()));
    else WritingReport.print(out, training.protocol(), result.get());
    out.flush();
    return 0;
  }

  private record Done(
      Path folder, int code, @Nullable TrainerEvent last, OptionalDouble waitingShare) {}

  private Done run(
      PrintWriter out, Path folder, DataLayout layout, TaskSpec.Work work, Replicas shared)
      throws IOException, InterruptedException {
    var task =
        new TaskSpec(
            UUID.randomUUID(), UUID.randomUUID(), "cpu", threads(), List.of(), layout, work);
    var file = folder.resolve("spec.json");
    Files.write(file, JSON.writeValueAsBytes(task));
    var shown =
        new ShownEvents(folder.resolve("events.jsonl"), json || !shared.isFirst() ? null : out);
    var watcher = Thread.ofVirtual().start(shown::follow);
    int code = new TaskRunner(folder, Clock.systemUTC(), shared).run(file).code();
    watcher.interrupt();
    watcher.join();
    var last = shown.rest();
    if (last instanceof TrainerEvent.Failed failed)
      Objects.requireNonNull(spec).commandLine().getErr().println(failed.problem().sentence());
    return new Done(folder, code, last, shown.value(TrainTask.WAITING));
  }

  private Path folder(Path work, String name, Start start) throws IOException {
    var folder = Files.createDirectories(work.resolve(name));
    var inputs = Files.createDirectories(folder.resolve("inputs/model"));
    linkAll(start.model(), inputs);
    if (start.adapter().isPresent())
      linkAll(start.adapter().get(), Files.createDirectories(folder.resolve("inputs/adapter")));
    linkOrCopy(data, folder.resolve("inputs/dataset"));
    if (side != null) resize(inputs, side);
    var deadline = Instant.now().plus(LONG_ENOUGH).toEpochMilli();
    Files.writeString(folder.resolve("deadline"), Long.toString(deadline));
    return folder;
  }

  private static void linkAll(Path from, Path to) throws IOException {
    try (var files = Files.list(from)) {
      for (var file : files.filter(Files::isRegularFile).toList())
        linkOrCopy(file, to.resolve(file.getFileName()));
    }
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
      told.put("protocol", options.protocol.name());
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
          options.protocol.label(),
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
