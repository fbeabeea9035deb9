package io.espalier.trainer;

import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.weights.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.TreeMap;

/** The stored runs of the reference implementation that the tests use; starts the engine. */
public final class Golden {

  static {
    EngineStart.withThreads(1);
  }

  private Golden() {}

  public static Path folder(String name) {
    return Path.of("src/test/resources/golden").resolve(name);
  }

  /** Two blocks of 32, 32² pixels, 5 classes. */
  public static ModelFolder vit(Arena arena) {
    try {
      return ModelFolder.read(folder("vit"), arena);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Three images with their labels. */
  public static Batch batch(Arena arena) {
    try {
      var inputs = Safetensors.open(folder("vit").resolve("inputs.safetensors"), arena);
      var tensors = new TreeMap<String, Tensor>();
      inputs.names().forEach(name -> tensors.put(name, inputs.tensor(name)));
      return Batch.of(tensors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
