package io.espalier.trainer.weights;

import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Checkpoint;
import io.espalier.trainer.text.TokenizerFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as the hub lays it out: {@code config.json}, safetensors, and how images are prepared or
 * texts are read.
 *
 * @param preprocessor {@code preprocessor_config.json}, where there is one
 * @param tokenizer files of the tokenizer, as they lie there
 */
public record ModelFolder(
    ModelConfig config,
    Family family,
    Checkpoint checkpoint,
    Optional<ObjectNode> preprocessor,
    List<Path> tokenizer) {

  public static final String CONFIG = "config.json";
  public static final String PREPROCESSOR = "preprocessor_config.json";

  /**
   * Weights stay on the disk, mapped as long as {@code arena} lives. Throws {@link Refused} where
   * the configuration or a file of weights is not sound.
   */
  public static ModelFolder read(Path folder, Arena arena) throws IOException {
    var config = ModelConfig.read(folder.resolve(CONFIG));
    var preprocessor = folder.resolve(PREPROCESSOR);
    return new ModelFolder(
        config,
        Families.of(config),
        Checkpoint.open(folder, arena),
        Files.isRegularFile(preprocessor)
            ? Optional.of(StrictJson.object(preprocessor))
            : Optional.empty(),
        TokenizerFiles.in(folder));
  }

  /** The same files under another configuration. */
  public ModelFolder configuredAs(ModelConfig other) {
    return new ModelFolder(other, Families.of(other), checkpoint, preprocessor, tokenizer);
  }

  public List<String> labels() {
    return config.labels();
  }
}
