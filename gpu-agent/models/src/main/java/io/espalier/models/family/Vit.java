package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Vision Transformer for image classification. Dosovitskiy et al. 2020, arXiv:2010.11929.
 *
 * @param image side of the square images in pixels
 * @param patch side of the square patches
 */
public record Vit(
    int image,
    int channels,
    int patch,
    int hidden,
    int blocks,
    int heads,
    int intermediate,
    Activation activation,
    double epsilon,
    double dropout,
    double attentionDropout,
    boolean projectionBias,
    double initializerRange,
    Head.Classification head)
    implements Family {

  /** As transformers 5 renamed the modules of a block. */
  private static final Names NAMES =
      Names.of(
          List.of(
              List.of("encoder.layer.#.attention.attention.query", "layers.#.attention.q_proj"),
              List.of("encoder.layer.#.attention.attention.key", "layers.#.attention.k_proj"),
              List.of("encoder.layer.#.attention.attention.value", "layers.#.attention.v_proj"),
              List.of("encoder.layer.#.attention.output.dense", "layers.#.attention.o_proj"),
              List.of("encoder.layer.#.intermediate.dense", "layers.#.mlp.fc1"),
              List.of("encoder.layer.#.output.dense", "layers.#.mlp.fc2"),
              List.of("encoder.layer.#.layernorm_before", "layers.#.layernorm_before"),
              List.of("encoder.layer.#.layernorm_after", "layers.#.layernorm_after")));

  static Vit of(ModelConfig config) {
    int image = config.side("image_size", 1, 4096), patch = config.side("patch_size", 1, image);
    if (image % patch != 0) throw config.wrong("patch_size", "a divisor of image_size " + image);
    int hidden = config.integer("hidden_size", 1, 65_536);
    return new Vit(
        image,
        config.integer("num_channels", 1, 16, 3),
        patch,
        hidden,
        config.integer("num_hidden_layers", 1, 512),
        config.divisor("num_attention_heads", hidden),
        config.integer("intermediate_size", 1, 262_144),
        config.activation("hidden_act", "gelu"),
        config.number("layer_norm_eps", 0, 1, 1e-12),
        config.number("hidden_dropout_prob", 0, 0.99, 0),
        config.number("attention_probs_dropout_prob", 0, 0.99, 0),
        config.flag("qkv_bias", true),
        config.number("initializer_range", 0, 10, 0.02),
        config.classification());
  }

  @Override
  public void describe(GraphBuilder g) {
    var pixels =
        g.input("pixel_values", DType.F32, B, Size.of(channels), Size.of(image), Size.of(image));
    var vit = g.at("vit");

    g.stage("embeddings", blocks + 1);
    var x = embeddings(vit.at("embeddings"), pixels); // (B, T, hidden)
    hiddenState(g, 0, x);
    for (int i = 0; i < blocks; i++) {
      g.stage("layer_" + i, blocks - i);
      x = block(vit.at("encoder.layer." + i), x);
      hiddenState(g, i + 1, x);
    }
    g.stage("head", 0);
    x = vit.layerNorm(x, "layernorm", epsilon);
    g.output("last_hidden_state", x);
    var features = g.select(x, 1, 0); // (B, hidden)
    g.output("features", features);
    Heads.classification(g, g.linear(features, "classifier", head.labels(), true), head);
  }

  /** The class token stands for the image at every depth, as it does for the head. */
  private static void hiddenState(GraphBuilder g, int depth, Value x) {
    g.output("hidden_states." + depth, x);
    g.output("features." + depth, g.select(x, 1, 0));
  }

  private Value embeddings(GraphBuilder g, Value pixels) {
    int patches = (image / patch) * (image / patch);
    var grid = g.patches(pixels, "patch_embeddings.projection", hidden, patch, true);
    var flat = g.reshape(grid, B, Size.of(hidden), Size.of(patches)); // of (B, hidden, h, w)
    var tokens = g.transpose(flat, 1, 2); // (B, patches, hidden)
    var cls = g.weight("cls_token", Initial.NORMAL, 1, 1, hidden);
    var first = g.expand(cls, B, Size.of(1), Size.of(hidden));
    var places = g.weight("position_embeddings", Initial.NORMAL, 1, patches + 1, hidden);
    return g.dropout(g.add(g.concat(1, first, tokens), places), dropout);
  }

  private Value block(GraphBuilder g, Value x) {
    var normed = g.layerNorm(x, "layernorm_before", epsilon);
    var q = projection(g, normed, "query"); // (B, heads, T, d)
    var k = projection(g, normed, "key");
    var v = projection(g, normed, "value");
    var context = g.mergeHeads(g.attention(q, k, v, attentionDropout));
    var update = g.linear(context, "attention.output.dense", hidden, true);
    var attended = g.add(g.dropout(update, dropout), x);
    var wide =
        g.linear(
            g.layerNorm(attended, "layernorm_after", epsilon),
            "intermediate.dense",
            intermediate,
            true);
    var narrow = g.linear(g.activation(wide, activation), "output.dense", hidden, true);
    return g.add(g.dropout(narrow, dropout), attended);
  }

  private Value projection(GraphBuilder g, Value x, String name) {
    return g.splitHeads(g.linear(x, "attention.attention." + name, hidden, projectionBias), heads);
  }

  @Override
  public String type() {
    return "vit";
  }

  @Override
  public Publication publication() {
    return new Publication(
        "ViTForImageClassification",
        "transformers.models.vit.modeling_vit",
        Optional.empty(),
        List.of("ViTModel", "ViTForMaskedImageModeling"),
        List.of("classifier"),
        List.of(),
        "vit",
        NAMES);
  }

  @Override
  public Vit with(Head other) {
    return new Vit(
        image,
        channels,
        patch,
        hidden,
        blocks,
        heads,
        intermediate,
        activation,
        epsilon,
        dropout,
        attentionDropout,
        projectionBias,
        initializerRange,
        Images.classification(other));
  }

  @Override
  public int featureSize() {
    return hidden;
  }

  @Override
  public Map<String, Long> usualSample() {
    return Map.of("B", 1L);
  }
}
