package io.espalier.trainer.starter;

import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The shape of the starter: a ViT of 0.6 million parameters on 32 × 32 pixels. Narrow, with small
 * patches: on small images detail is worth more than width.
 */
final class StarterModel {

  static final int SIDE = 32;
  private static final int PATCH = 4;
  private static final int HIDDEN = 128;
  private static final int BLOCKS = 4;
  private static final int HEADS = 4;
  private static final int INTERMEDIATE = 256;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private StarterModel() {}

  /** {@code config.json}. */
  static ObjectNode config(List<String> classes) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.putArray("architectures").add("ViTForImageClassification");
    config.put("model_type", "vit");
    config.put("image_size", SIDE);
    config.put("patch_size", PATCH);
    config.put("num_channels", 3);
    config.put("hidden_size", HIDDEN);
    config.put("num_hidden_layers", BLOCKS);
    config.put("num_attention_heads", HEADS);
    config.put("intermediate_size", INTERMEDIATE);
    config.put("hidden_act", "gelu");
    config.put("hidden_dropout_prob", 0.0);
    config.put("attention_probs_dropout_prob", 0.0);
    config.put("layer_norm_eps", 1e-6);
    config.put("qkv_bias", true);
    config.put("initializer_range", 0.02);
    config.put("torch_dtype", "float16");
    ObjectNode names = config.putObject("id2label");
    ObjectNode numbers = config.putObject("label2id");
    for (int label = 0; label < classes.size(); label++) {
      names.put(Integer.toString(label), classes.get(label));
      numbers.put(classes.get(label), label);
    }
    return config;
  }

  /** {@code preprocessor_config.json}. */
  static ObjectNode preprocessor() {
    return (ObjectNode)
        JSON.readTree(
            """
            {
              "image_processor_type": "ViTImageProcessor",
              "do_resize": true, "size": {"height": %1$d, "width": %1$d}, "resample": 2,
              "do_rescale": true, "rescale_factor": 0.00392156862745098,
              "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]
            }
            """
                .formatted(SIDE));
  }

  static Family family(List<String> classes) {
    return Families.of(ModelConfig.of(config(classes)));
  }
}
