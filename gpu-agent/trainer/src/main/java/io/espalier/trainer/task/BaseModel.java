package io.espalier.trainer.task;

import io.espalier.domain.problem.Refused;
import io.espalier.trainer.weights.Adapter;
import io.espalier.trainer.weights.ModelFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that a task begins with, and how it wants its samples.
 *
 * @param adapter of an earlier training, which this one goes on from
 */
record BaseModel(ModelFolder folder, ModelInput input, Optional<Adapter> adapter) {

  /**
   * Reads a model folder; its weights stay mapped as long as {@code arena} lives.
   *
   * @throws Refused when a file is missing or not sound, or the files do not fit each other
   */
  static BaseModel read(WorkFolder folder, Arena arena) throws IOException {
    BaseModel alone = read(folder.model(), arena);
    return Files.isDirectory(folder.adapter())
        ? new BaseModel(
            alone.folder,
            alone.input,
            Optional.of(Adapter.read(folder.adapter(), alone.folder.family(), arena)))
        : alone;
  }

  /**
   * The same without an adapter.
   *
   * @throws Refused when a file is missing or not sound, or the files do not fit each other
   */
  static BaseModel read(Path path, Arena arena) throws IOException {
    ModelFolder folder = ModelFolder.read(path, arena);
    return new BaseModel(folder, ModelInput.of(folder.family(), path), Optional.empty());
  }
}
