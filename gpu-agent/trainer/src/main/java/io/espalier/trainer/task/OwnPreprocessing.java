package io.espalier.trainer.task;

import io.espalier.models.family.ModelConfig;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code preprocessor_config.json} for models that are not of Hugging Face: their own
 * configuration tells mean, deviation and size.
 */
final class OwnPreprocessing {

  private static final JsonMapper JSON = new JsonMapper();

  private OwnPreprocessing() {}

  /** Empty where the configuration tells nothing of images. */
  static Optional<byte[]> of(ModelConfig config) {
    var json = config.json();
    if (!json.has("mean") || !json.has("std") || !json.has("input")) return Optional.empty();
    int side = json.path("input").path(1).asInt();
    var own = normalising(json);
    if (json.has("crop") && json.has("resize")) {
      own.put("image_processor_type", "CLIPImageProcessor");
      own.putObject("size").put("shortest_edge", json.path("resize").asInt());
      square(own.putObject("crop_size"), json.path("crop").asInt());
    } else {
      own.put("image_processor_type", "ViTImageProcessor");
      square(own.putObject("size"), side);
    }
    own.put("resample", 2);
    return Optional.of(JSON.writeValueAsBytes(own));
  }

  /**
   * Images of exactly {@code side} × {@code side} pixels, normalised as {@code given} or the
   * model's own configuration says.
   */
  static byte[] square(Optional<ObjectNode> given, ModelConfig config, int side) {
    var own =
        given
            .map(processor -> copied(processor, List.of("image_mean", "image_std")))
            .orElseGet(() -> normalising(config.json()));
    own.put("image_processor_type", "ViTImageProcessor");
    square(own.putObject("size"), side);
    own.put("resample", 2);
    return JSON.writeValueAsBytes(own);
  }

  private static ObjectNode normalising(ObjectNode json) {
    var own = JsonNodeFactory.instance.objectNode();
    put(own, "image_mean", json.path("mean"));
    put(own, "image_std", json.path("std"));
    return own;
  }

  private static ObjectNode copied(ObjectNode from, List<String> keys) {
    var own = JsonNodeFactory.instance.objectNode();
    keys.forEach(key -> put(own, key, from.path(key)));
    return own;
  }

  private static void put(ObjectNode own, String key, JsonNode value) {
    if (!value.isMissingNode()) own.set(key, value);
  }

  private static void square(ObjectNode node, int side) {
    node.put("height", side).put("width", side);
  }
}
