package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Llama and its kin: RMSNorm, rotary positions, grouped queries, gated feed-forward layers. Touvron
 * et al. 2023, arXiv:2302.13971; Mistral, Jiang et al. 2023, arXiv:2310.06825; Qwen2, Yang et al.
 * 2024, arXiv:2407.10671.
 *
 * @param projectionBias whether queries, keys and values have biases
 * @param outputBias whether what attention gives has one
 * @param windows per block, how many places back it looks; all where empty
 * @param tied whether the last layer is the matrix of the embeddings
 */
public record Llama(
    Kin kin,
    int vocabulary,
    int positions,
    int hidden,
    int blocks,
    int heads,
    int keyHeads,
    int headSize,
    int intermediate,
    Activation activation,
    double epsilon,
    RotaryPositions rotary,
    boolean projectionBias,
    boolean outputBias,
    boolean innerBias,
    double attentionDropout,
    List<Optional<Integer>> windows,
    boolean tied,
    double initializerRange)
    implements Decoder {

  /** Models that differ in a few switches only. */
  public enum Kin {
    LLAMA("llama", "Llama", false),
    MISTRAL("mistral", "Mistral", false),
    QWEN2("qwen2", "Qwen2", true);

    private final String type;
    private final String name;
    private final boolean projectionBias;

    Kin(String type, String name, boolean projectionBias) {
      this.type = type;
      this.name = name;
      this.projectionBias = projectionBias;
    }
  }

  public Llama {
    windows = List.copyOf(windows);
  }

  static Llama llama(ModelConfig config) {
    return of(config, Kin.LLAMA, _ -> Optional.empty());
  }

  /** Each place looks back as far as the configuration says. */
  static Llama mistral(ModelConfig config) {
    var window = window(config);
    return of(config, Kin.MISTRAL, _ -> window);
  }

  /** Only the upper blocks look back so far, and only where the configuration says so. */
  static Llama qwen2(ModelConfig config) {
    var window =
        config.flag("use_sliding_window", false) ? window(config) : Optional.<Integer>empty();
    int first = config.integer("max_window_layers", 0, 100_000, 28);
    return of(config, Kin.QWEN2, layer -> layer >= first ? window : Optional.empty());
  }

  private interface Windows {
    Optional<Integer> of(int layer);
  }

  private static Optional<Integer> window(ModelConfig config) {
    return config.has("sliding_window")
        ? Optional.of(config.integer("sliding_window", 1, 100_000_000))
        : Optional.empty();
  }

  private static Llama of(ModelConfig config, Kin kin, Windows windows) {
    int hidden = config.integer("hidden_size", 1, 65_536);
    int heads = config.integer("num_attention_heads", 1, 1024);
    int keyHeads = config.integer("num_key_value_heads", 1, heads, heads);
    if (heads % keyHeads != 0)
      throw config.wrong("num_key_value_heads", "a divisor of num_attention_heads " + heads);
    if (!config.has("head_dim") && hidden % heads != 0)
      throw config.wrong("num_attention_heads", "a divisor of hidden_size " + hidden);
    int headSize = config.integer("head_dim", 2, 4096, hidden / heads);
    if (headSize % 2 != 0) throw config.wrong("head_dim", "an even number");
    int blocks = config.integer("num_hidden_layers", 1, 512);
    int positions = config.integer("max_position_embeddings", 1, 100_000_000);
    boolean biases = config.flag("attention_bias", kin.projectionBias);
    return new Llama(
        kin,
        config.integer("vocab_size", 1, 4_000_000),
        positions,
        hidden,
        blocks,
        heads,
        keyHeads,
        headSize,
        config.integer("intermediate_size", 1, 1_000_000),
        config.activation("hidden_act", "silu"),
        config.number("rms_norm_eps", 0, 1, 1e-6),
        RotaryPositions.of(config, headSize, positions),
        biases,
        biases && kin != Kin.QWEN2,
        config.flag("mlp_bias", false),
        config.number("attention_dropout", 0, 0.99, 0),
        windows(config, blocks, windows),
        config.flag("tie_word_embeddings", false),
        config.number("initializer_range", 0, 10, 0.02));
  }

  /** transformers 5 names the kind of every layer. */
  private static List<Optional<Integer>> windows(ModelConfig config, int blocks, Windows usual) {
    var kinds = config.texts("layer_types");
    if (!kinds.isEmpty() && kinds.size() != blocks)
      throw config.wrong("layer_types", "one kind for each of " + blocks + " layers");
    var windows = new ArrayList<Optional<Integer>>();
    for (int i = 0; i < blocks; i++)
      windows.add(
          kinds.isEmpty()
              ? usual.of(i)
              : switch (kinds.get(i)) {
                case "full_attention" -> Optional.empty();
                case "sliding_attention" -> window(config);
                default -> throw config.wrong("layer_types", "full_attention or sliding_attention");
              });
    return windows;
  }

  @Override
  public Value logits(GraphBuilder g, Value ids, Attending attending) {
    var model = g.at("model");
    g.stage("embeddings", blocks + 1);
    var x = model.embedding(ids, "embed_tokens", vocabulary, hidden, -1); // (B, T, hidden)
    var turns = g.rotaryTable(attending.places(), rotary.frequencies(), rotary.scale());
    g.output("hidden_states.0", x);
    for (int i = 0; i < blocks; i++) {
      g.stage("layer_" + i, blocks - i);
      x = block(model.at("layers." + i), x, turns, attending, i);
      if (i < blocks - 1) g.output("hidden_states." + (i + 1), x);
    }
    g.stage("head", 0);
    if (attending.tellsLastOnly()) x = g.select(x, 1, -1);
    x = model.rmsNorm(x, "norm", epsilon);
    g.output("hidden_states." + blocks, x); // the reference counts the norm in
    g.output("last_hidden_state", x);
    return tied
        ? g.matrixProduct(
            x, model.weight("embed_tokens.weight", Initial.NORMAL, vocabulary, hidden))
        : g.linear(x, "lm_head", vocabulary, false);
  }

  private Value block(GraphBuilder g, Value x, Value turns, Attending attending, int layer) {
    var normed = g.rmsNorm(x, "input_layernorm", epsilon);
    var self = g.at("self_attn");
    var q = g.rotate(projected(self, normed, "q_proj", heads), turns); // (B, heads, T, d)
    var k = g.rotate(projected(self, normed, "k_proj", keyHeads), turns); // (B, key heads, T, d)
    var v = projected(self, normed, "v_proj", keyHeads);
    var context = attending.attend(g, layer, q, k, v, windows.get(layer), attentionDropout);
    var update = self.linear(g.mergeHeads(context), "o_proj", hidden, outputBias);
    var attended = g.add(x, update);
    var inner = g.rmsNorm(attended, "post_attention_layernorm", epsilon);
    var mlp = g.at("mlp");
    var gate = g.activation(mlp.linear(inner, "gate_proj", intermediate, innerBias), activation);
    var wide = g.multiply(gate, mlp.linear(inner, "up_proj", intermediate, innerBias));
    return g.add(attended, mlp.linear(wide, "down_proj", hidden, innerBias));
  }

  private Value projected(GraphBuilder g, Value x, String module, int count) {
    return g.splitHeads(g.linear(x, module, (long) count * headSize, projectionBias), count);
  }

  @Override
  public String type() {
    return kin.type;
  }

  @Override
  public Publication publication() {
    return new Publication(
        kin.name + "ForCausalLM",
        "transformers.models.%1$s.modeling_%1$s".formatted(kin.type),
        Optional.of(Publication.CAUSAL_LANGUAGE_MODELLING),
        List.of(),
        List.of(),
        List.of(),
        "model",
        Decoder.tied(tied, "model.embed_tokens.weight"));
  }

  @Override
  public int featureSize() {
    return hidden;
  }

  @Override
  public Map<String, Long> usualSample() {
    return Texts.usualSample(positions);
  }
}
