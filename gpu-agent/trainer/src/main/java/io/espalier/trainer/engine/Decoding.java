package io.espalier.trainer.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.models.weights.Tensor;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Texts that a model goes on with: keys and values of what it has read stay in native memory. */
public final class Decoding implements AutoCloseable {

  private static final String LOGITS = "next_logits";

  private final TrainingSession session;
  private final NDManager memory;
  private final Map<String, NDArray> known = new TreeMap<>();

  Decoding(TrainingSession session, NDManager memory) {
    this.session = session;
    this.memory = memory;
  }

  /** An empty cache: {@code layers} times keys and values of (rows, heads, 0, size). */
  public void begin(int layers, long rows, long heads, long size) {
    for (int layer = 0; layer < layers; layer++) {
      keep("cache_%d_key".formatted(layer), memory.zeros(new Shape(rows, heads, 0, size)));
      keep("cache_%d_value".formatted(layer), memory.zeros(new Shape(rows, heads, 0, size)));
    }
  }

  /** What the decoder will look at, where an encoder reads it first. */
  public void read(Batch batch) {
    session.forward("encode", batch, Map.of(), memory).forEach(this::keep);
  }

  /** (rows, T) more tokens → scores of the token that comes next (rows, vocabulary). */
  public Tensor next(Batch batch) {
    var results = session.forward("decode", batch, known, memory);
    try (var logits = Objects.requireNonNull(results.remove(LOGITS))) {
      results.forEach(this::keep);
      return NativeTensors.plain(logits);
    }
  }

  private void keep(String name, NDArray array) {
    var before = known.put(name, array);
    if (before != null) before.close();
  }

  @Override
  public void close() {
    memory.close();
  }
}
