package io.espalier.trainer.task;

import io.espalier.domain.problem.Refused;
import io.espalier.trainer.weights.ModelFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** The model that a task begins with, and how it wants its samples. */
record BaseModel(ModelFolder folder, ModelInput input) {

  /**
   * Reads a model folder; its weights stay mapped as long as {@code arena} lives.
   *
   * @throws Refused when a file is missing or not sound, or the files do not fit each other
   */
  static BaseModel read(Path path, Arena arena) throws IOException {
    ModelFolder folder = ModelFolder.read(path, arena);
    return new BaseModel(folder, ModelInput.of(folder.family(), path));
  }
}
