package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * GPT-2: learned positions, norms before each layer, matrices stored as (in, out). Radford et al.
 * 2019, "Language Models are Unsupervised Multitask Learners".
 *
 * @param scaled whether attention divides by the root of a head's features
 * @param scaledByLayer whether it also divides by the number of the block, from 1
 */
public record Gpt2(
    int vocabulary,
    int positions,
    int hidden,
    int blocks,
    int heads,
    int intermediate,
    Activation activation,
    double epsilon,
    double embeddingDropout,
    double attentionDropout,
    double residualDropout,
    boolean scaled,
    boolean scaledByLayer,
    boolean tied,
    double initializerRange)
    implements Decoder {

  static Gpt2 of(ModelConfig config) {
    int hidden = config.integer("n_embd", 1, 65_536);
    if (config.flag("add_cross_attention", false))
      throw config.wrong("add_cross_attention", "false");
    return new Gpt2(
        config.integer("vocab_size", 1, 4_000_000),
        config.integer("n_positions", 1, 1_000_000),
        hidden,
        config.integer("n_layer", 1, 512),
        config.divisor("n_head", hidden),
        config.integer("n_inner", 1, 1_000_000, 4 * hidden),
        config.activation("activation_function", "gelu_new"),
        config.number("layer_norm_epsilon", 0, 1, 1e-5),
        config.number("embd_pdrop", 0, 0.99, 0.1),
        config.number("attn_pdrop", 0, 0.99, 0.1),
        config.number("resid_pdrop", 0, 0.99, 0.1),
        config.flag("scale_attn_weights", true),
        config.flag("scale_attn_by_inverse_layer_idx", false),
        config.flag("tie_word_embeddings", true),
        config.number("initializer_range", 0, 10, 0.02));
  }

  @Override
  public Value logits(GraphBuilder g, Value ids, Attending attending) {
    var model = g.at("transformer");
    g.stage("embeddings", blocks + 1);
    var words = model.embedding(ids, "wte", vocabulary, hidden, -1); // (B, T, hidden)
    var places = model.embedding(attending.places(), "wpe", positions, hidden, -1);
    var x = g.dropout(g.add(words, places), embeddingDropout);
    g.output("hidden_states.0", x);
    for (int i = 0; i < blocks; i++) {
      g.stage("layer_" + i, blocks - i);
      x = block(model.at("h." + i), x, attending, i);
      if (i < blocks - 1) g.output("hidden_states." + (i + 1), x);
    }
    g.stage("head", 0);
    if (attending.tellsLastOnly()) x = g.select(x, 1, -1);
    x = model.layerNorm(x, "ln_f", epsilon);
    g.output("hidden_states." + blocks, x); // the reference counts the norm in
    g.output("last_hidden_state", x);
    return tied
        ? g.matrixProduct(x, model.weight("wte.weight", Initial.NORMAL, vocabulary, hidden))
        : g.linear(x, "lm_head", vocabulary, false);
  }

  private Value block(GraphBuilder g, Value x, Attending attending, int layer) {
    var self = g.at("attn");
    var normed = g.layerNorm(x, "ln_1", epsilon);
    var all = self.linearTransposed(normed, "c_attn", 3L * hidden, Initial.NORMAL);
    var q = g.scale(part(g, all, 0), correction(layer)); // (B, heads, T, d)
    var k = part(g, all, 1);
    var v = part(g, all, 2);
    var context =
        g.mergeHeads(attending.attend(g, layer, q, k, v, Optional.empty(), attentionDropout));
    var attended = g.add(narrowed(self, context, "c_proj"), x);
    var mlp = g.at("mlp");
    var wide =
        mlp.linearTransposed(
            g.layerNorm(attended, "ln_2", epsilon), "c_fc", intermediate, Initial.NORMAL);
    return g.add(attended, narrowed(mlp, g.activation(wide, activation), "c_proj"));
  }

  /** What feeds a residual begins smaller, as there are two for each block. */
  private Value narrowed(GraphBuilder g, Value x, String module) {
    var initial = new Initial.Normal(initializerRange / Math.sqrt(2.0 * blocks));
    return g.dropout(g.linearTransposed(x, module, hidden, initial), residualDropout);
  }

  private Value part(GraphBuilder g, Value all, int index) {
    var from = Size.of((long) index * hidden);
    return g.splitHeads(g.slice(all, -1, from, from.plus(Size.of(hidden))), heads);
  }

  /** What is left to scale besides the 1/√d of every attention. */
  private double correction(int layer) {
    double root = scaled ? 1 : Math.sqrt(headSize());
    return scaledByLayer ? root / (layer + 1) : root;
  }

  @Override
  public int keyHeads() {
    return heads;
  }

  @Override
  public int headSize() {
    return hidden / heads;
  }

  @Override
  public String type() {
    return "gpt2";
  }

  @Override
  public Publication publication() {
    return new Publication(
        "GPT2LMHeadModel",
        "transformers.models.gpt2.modeling_gpt2",
        Optional.of(Publication.CAUSAL_LANGUAGE_MODELLING),
        List.of("GPT2Model"),
        List.of(),
        List.of(),
        "transformer",
        Decoder.tied(tied, "transformer.wte.weight"));
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
