package io.espalier.trainer.starter;

import io.espalier.models.graph.Parameter;
import io.espalier.models.weights.Durable;
import io.espalier.models.weights.ElementType;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a starter as the hub would lay it out. */
public final class StarterFolder {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private StarterFolder() {}

  /**
   * The weights of a session in 16 bits, JSON files by name, and the card.
   *
   * @param json such as {@code config.json}
   */
  public static void write(
      Path folder, TrainingSession session, Map<String, ObjectNode> json, String card)
      throws IOException {
    Files.createDirectories(folder);
    Map<String, Tensor> tensors = new TreeMap<>();
    for (Parameter parameter : session.graph().parameters()) {
      tensors.put(parameter.name(), half(session.tensor(parameter.name())));
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
    for (Map.Entry<String, ObjectNode> file : json.entrySet()) {
      Durable.write(folder.resolve(file.getKey()), JSON.writeValueAsBytes(file.getValue()));
    }
    Durable.write(folder.resolve("README.md"), card.getBytes(StandardCharsets.UTF_8));
  }

  /** 16 bits keep three decimal digits, which weights of this size do not miss. */
  private static Tensor half(Tensor tensor) {
    float[] values = tensor.floats();
    short[] halves = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = Float.floatToFloat16(values[i]);
    }
    return new Tensor(ElementType.F16, tensor.shape(), MemorySegment.ofArray(halves));
  }
}
