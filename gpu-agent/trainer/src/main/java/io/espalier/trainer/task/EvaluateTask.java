package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.domain.wire.TrainerEvent.Export;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.protocol.Protocols;
import io.espalier.models.weights.Durable;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.Measure;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.Difference;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the sealed test split once: what the base model knew before, what it knows now. Writes the
 * exports and proves each by loading it again and comparing every logit.
 */
final class EvaluateTask {

  private static final String WEIGHTS = "best.safetensors";

  private final TaskContext context;
  private final Training training;
  private final String name;

  EvaluateTask(TaskContext context, TaskSpec.Evaluate work) {
    this.context = context;
    this.training = work.training();
    this.name = work.modelName() == null ? "fine-tuned model" : work.modelName();
  }

  TrainerEvent run(Arena arena) throws IOException, Stopped {
    BaseModel model = BaseModel.read(context.folder(), arena);
    try (DataSet data = context.data(model)) {
      Samples test = data.load(Split.TEST);
      Question question = data.question();
      List<String> classes = question.classes();
      Family family = TaskContext.family(model, question);
      progress("before", 1);
      Predictions before = new Predictions(test, classes, before(model, question, family, test));

      TrainingPlan plan = Protocols.plan(asLoaded(), family);
      TensorSource start = TaskContext.startingWeights(model, question, training, plan);
      TensorSource trained =
          Overlay.of(Safetensors.open(context.folder().trained().resolve(WEIGHTS), arena), start);
      progress("after", 2);
      Path merged = context.folder().exports().resolve("model");
      Path adapter = context.folder().exports().resolve("adapter");
      List<float[]> logits;
      try (TrainingSession session =
          TrainingSession.open(
              family, plan, Mode.EVAL, Protocols.optimizer(training.settings()), trained)) {
        logits = new Extraction(session, context.lease()).logits(test);
        progress("exporting", 3);
        export(session, family, model, classes, merged, adapter);
      }
      Predictions after = new Predictions(test, classes, logits);
      Metric metric = after.metrics().getFirst();
      writeCards(family, data, before, after, merged, adapter);

      progress("reloading", 4);
      double difference = difference(logits, reloadedModel(merged, classes, test));
      List<Export> exports = new ArrayList<>();
      exports.add(new Export("MERGED_MODEL", context.folder().allIn(merged)));
      if (Files.isDirectory(adapter)) {
        List<float[]> reloaded = reloadedAdapter(model, adapter, family, classes, test);
        difference = Math.max(difference, difference(logits, reloaded));
        exports.add(new Export("ADAPTER", context.folder().allIn(adapter)));
      }
      return new TrainerEvent.Evaluated(
          context.events().now(),
          metric.key(),
          before.value(metric),
          after.value(metric),
          after.chance(metric),
          test.size(),
          classes,
          after.confusion(),
          after.samplesToShow(),
          difference,
          exports,
          after.measures().stream().map(measure -> measured(measure, before)).toList());
    }
  }

  /** What is exported is tested in 32 bits, as it will be loaded, whatever it was trained in. */
  private Training asLoaded() {
    return new Training(training.protocol(), training.settings().with(Numerics.F32));
  }

  private static TrainerEvent.Measured measured(Measure after, Predictions before) {
    return new TrainerEvent.Measured(
        after.metric().key(),
        before.value(after.metric()),
        after.value(),
        after.low(),
        after.high());
  }

  private static double difference(List<float[]> inMemory, List<float[]> reloaded) {
    double largest = 0;
    for (int row = 0; row < inMemory.size(); row++) {
      largest = Math.max(largest, Difference.largest(inMemory.get(row), reloaded.get(row)));
    }
    return largest;
  }

  private void progress(String phase, int done) {
    var events = context.events();
    events.append(new TrainerEvent.Progress(events.now(), phase, done, 4));
  }

  /** The base model under the head that training began with, before its first step. */
  private List<float[]> before(BaseModel model, Question question, Family family, Samples test)
      throws IOException, Stopped {
    TensorSource untrained =
        TaskContext.startingWeights(model, question, training, TrainingPlan.nothing());
    try (TrainingSession session = TrainingSession.forInference(family, untrained)) {
      return new Extraction(session, context.lease()).logits(test);
    }
  }

  private void export(
      TrainingSession session,
      Family family,
      BaseModel model,
      List<String> classes,
      Path merged,
      Path adapter)
      throws IOException {
    Files.createDirectories(context.folder().exports());
    var export = new io.espalier.trainer.weights.Export(session, family);
    export.merged(merged, model.folder(), classes);
    if (training.protocol() == Protocol.LORA) {
      export.adapter(adapter, "base-model");
    }
  }

  private void writeCards(
      Family family, DataSet data, Predictions before, Predictions after, Path merged, Path adapter)
      throws IOException {
    ModelCard card = new ModelCard(name, family, training, data, before, after);
    Durable.write(merged.resolve("README.md"), card.ofModel().getBytes(StandardCharsets.UTF_8));
    if (Files.isDirectory(adapter)) {
      Durable.write(
          adapter.resolve("README.md"), card.ofAdapter().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** As anybody would load it: from its folder alone. */
  private List<float[]> reloadedModel(Path folder, List<String> classes, Samples test)
      throws IOException, Stopped {
    try (Arena arena = Arena.ofShared()) {
      ModelFolder reloaded = ModelFolder.read(folder, arena);
      var weights = StartingWeights.of(reloaded, classes, TrainingPlan.nothing(), 0);
      if (!weights.begunAnew().isEmpty()) {
        throw new IllegalStateException("the exported head was not taken: " + weights.begunAnew());
      }
      try (TrainingSession session = TrainingSession.forInference(reloaded.family(), weights)) {
        return new Extraction(session, context.lease()).logits(test);
      }
    }
  }

  private List<float[]> reloadedAdapter(
      BaseModel model, Path folder, Family family, List<String> classes, Samples test)
      throws IOException, Stopped {
    try (Arena arena = Arena.ofShared()) {
      Adapter adapter = Adapter.read(folder, family, arena);
      TrainingPlan plan = adapter.plan();
      // Another seed than training had: what the adapter does not bring would show.
      TensorSource base =
          StartingWeights.of(model.folder(), family, classes, plan, training.settings().seed() + 1);
      try (TrainingSession session =
          TrainingSession.open(
              family,
              plan,
              Mode.EVAL,
              Protocols.optimizer(training.settings()),
              new Overlay(adapter.tensors(), base))) {
        return new Extraction(session, context.lease()).logits(test);
      }
    }
  }
}
