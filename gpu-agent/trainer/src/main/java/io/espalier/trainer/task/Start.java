package io.espalier.trainer.task;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.ModelFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a training on the command line begins with.
 *
 * @param model the folder of the model
 * @param adapter of an earlier training with this model
 */
record Start(Path model, Optional<Path> adapter) {

  /** {@code earlier}: an adapter or a model folder that a training has exported. */
  static Start of(Path model, Optional<Path> earlier) throws IOException {
    if (earlier.isEmpty()) return new Start(model, Optional.empty());
    var folder = earlier.get();
    if (Adapter.isIn(folder)) return new Start(model, earlier);
    var config = folder.resolve(ModelFolder.CONFIG);
    if (!Files.isRegularFile(config)) throw nothingThere(folder);
    var base = Families.of(ModelConfig.read(model.resolve(ModelFolder.CONFIG)));
    var trained = Families.of(ModelConfig.read(config));
    if (!trained.type().equals(base.type())) throw another(trained, base);
    return new Start(folder, Optional.empty());
  }

  /** The same training; one of adapters goes on with adapters like those that there are. */
  Training continued(Training training, Family family) throws IOException {
    if (adapter.isEmpty() || training.protocol() != Protocol.LORA) return training;
    try (var arena = Arena.ofConfined()) {
      var read = Adapter.read(adapter.get(), family, arena);
      var lora = read.lora();
      var like =
          new Adapters(
              lora.rank(),
              lora.alpha(),
              lora.dropout(),
              lora.rankStabilised(),
              List.copyOf(lora.targets()),
              List.copyOf(read.saved()));
      var settings = training.settings();
      return new Training(Protocol.LORA, settings.with(settings.reach().with(like))).checked();
    }
  }

  private static Refused nothingThere(Path folder) {
    return new Refused(
        Problem.of(
                "nothing-to-continue",
                Category.NOT_FOUND,
                String.valueOf(folder),
                "The folder holds neither an adapter nor a model.",
                "Name the adapter or model folder that a training has exported.")
            .allowed("adapter_config.json or config.json"));
  }

  private static Refused another(Family trained, Family base) {
    return new Refused(
        Problem.of(
                "model-of-another-kind",
                Category.INVALID,
                "config.json model_type",
                "The trained model is no relative of the base model.",
                "Name the base model that it was trained from.")
            .found(trained.type())
            .allowed(base.type()));
  }
}
