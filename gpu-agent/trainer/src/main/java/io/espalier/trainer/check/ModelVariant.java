package io.espalier.trainer.check;

import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Checkpoint;
import io.espalier.models.weights.ElementType;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The same model in another form of file: other names, shards, or 16-bit numbers. */
record ModelVariant(GoldenCase golden, Path place, String title, Arena arena) {

  /** The name may go on to tell what it was computed from, and how. */
  private static final Pattern OUTPUT =
      Pattern.compile("out/(.*?)(?:_from_\\w+_weights_computed_in_f32)?");

  Report compare() throws IOException {
    var report = new Report(title);
    var model = ModelFolder.read(golden.base(), arena);
    var plain = StartingWeights.of(model, model.labels(), TrainingPlan.nothing(), 1);
    var checkpoint =
        Files.isDirectory(place)
            ? Checkpoint.open(place, arena)
            : Checkpoint.of(Safetensors.open(place, arena));
    var variant =
        new ModelFolder(
            model.config(), model.family(), checkpoint, model.preprocessor(), model.tokenizer());
    var weights = StartingWeights.of(variant, model.labels(), TrainingPlan.nothing(), 1);
    for (var parameter : model.family().graph(TrainingPlan.nothing(), Mode.EVAL).parameters()) {
      var name = parameter.name();
      if (weights.begunAnew().contains(name)) continue;
      report.add(
          "weights",
          Quantity.VARIANT,
          name,
          beyondRounding(weights.tensor(name), plain.tensor(name)));
    }
    ownOutputs(model, weights, report);
    return report;
  }

  /** 16-bit weights give other outputs than 32-bit ones; the reference stored them beside. */
  private void ownOutputs(ModelFolder model, StartingWeights weights, Report report)
      throws IOException {
    var file = place.resolveSibling(place.getFileName().toString().replace("model.", "expected."));
    if (Files.isDirectory(place) || !Files.exists(file)) return;
    var expected = Safetensors.open(file, arena);
    var batch = CheckInputs.batch(model.family(), Safetensors.open(golden.inputs(), arena));
    try (var session = TrainingSession.forInference(model.family(), weights)) {
      var outputs = session.forward("inspect", batch);
      for (var key : expected.names()) {
        var output = OUTPUT.matcher(key);
        if (!output.matches() || !outputs.names().contains(output.group(1))) {
          report.miss(key + " is not an output of this model");
          continue;
        }
        var actual = outputs.tensor(output.group(1));
        var defined = CheckInputs.defined(batch, actual, expected.tensor(key));
        report.compare("out", Quantity.OUTPUTS, key, actual, defined);
      }
    }
  }

  /** The largest difference that the variant's type does not explain. */
  private static double beyondRounding(Tensor actual, Tensor reference) {
    double relative = unit(actual.type()), least = least(actual.type()), largest = 0;
    float[] found = actual.floats(), wanted = reference.floats();
    for (int i = 0; i < found.length; i++) {
      double explained = Math.max(least, relative * Math.abs(wanted[i]));
      double off = Math.abs((double) found[i] - wanted[i]) - explained;
      if (!(off <= largest)) largest = off;
    }
    return largest;
  }

  /** Half the distance of the smallest numbers, which no longer shrinks with them. */
  private static double least(ElementType type) {
    return type == ElementType.F16 ? 0x1p-25 : 0;
  }

  private static double unit(ElementType type) {
    return switch (type) {
      case F16 -> 0x1p-10;
      case BF16 -> 0x1p-7;
      default -> 0;
    };
  }
}
