package io.espalier.models.family;

import static io.espalier.models.family.Network.T;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Value;
import java.util.Optional;

/**
 * The encoder of BERT and RoBERTa: embeddings, then blocks of attention and a feed-forward layer,
 * each normed after its residual. Devlin et al. 2018, arXiv:1810.04805.
 *
 * @param positions most tokens of a sample
 * @param segments kinds of tokens: of the first text, of the second
 * @param padding number of the token that fills up short samples; nothing is learned of it
 */
public record BertEncoder(
    int vocabulary,
    int positions,
    int segments,
    int padding,
    int hidden,
    int blocks,
    int heads,
    int intermediate,
    Activation activation,
    double epsilon,
    double dropout,
    double attentionDropout,
    double initializerRange) {

  static BertEncoder of(ModelConfig config, int padding) {
    int vocabulary = config.integer("vocab_size", 1, 4_000_000);
    int hidden = config.integer("hidden_size", 1, 65_536);
    if (!config.text("position_embedding_type", "absolute").equals("absolute"))
      throw config.wrong("position_embedding_type", "absolute");
    if (config.flag("is_decoder", false)) throw config.wrong("is_decoder", "false");
    return new BertEncoder(
        vocabulary,
        config.integer("max_position_embeddings", 1, 1_000_000),
        config.integer("type_vocab_size", 1, 1024, 2),
        config.integer("pad_token_id", 0, vocabulary - 1, padding),
        hidden,
        config.integer("num_hidden_layers", 1, 512),
        config.divisor("num_attention_heads", hidden),
        config.integer("intermediate_size", 1, 262_144),
        config.activation("hidden_act", "gelu"),
        config.number("layer_norm_eps", 0, 1, 1e-12),
        config.number("hidden_dropout_prob", 0, 0.99, 0.1),
        config.number("attention_probs_dropout_prob", 0, 0.99, 0.1),
        config.number("initializer_range", 0, 10, 0.02));
  }

  /**
   * Token numbers (B, T) → (B, T, hidden), ready for a head, whose stage has begun.
   *
   * @param places of the tokens (B, T); 0, 1, 2 … in every sample where empty
   */
  Value describe(
      GraphBuilder g, String module, Value ids, Value kinds, Value mask, Optional<Value> places) {
    var backbone = g.at(module);
    g.stage("embeddings", blocks + 1);
    var seen = g.paddingMask(mask); // (B, 1, 1, T)
    var x = embeddings(backbone.at("embeddings"), ids, kinds, places);
    hiddenState(g, 0, x);
    for (int i = 0; i < blocks; i++) {
      g.stage("layer_" + i, blocks - i);
      x = block(backbone.at("encoder.layer." + i), x, seen);
      hiddenState(g, i + 1, x);
    }
    g.stage("head", 0);
    g.output("last_hidden_state", x);
    return x;
  }

  private static void hiddenState(GraphBuilder g, int depth, Value x) {
    g.output("hidden_states." + depth, x);
    g.output("features." + depth, g.select(x, 1, 0));
  }

  private Value embeddings(GraphBuilder g, Value ids, Value kinds, Optional<Value> places) {
    var words = g.embedding(ids, "word_embeddings", vocabulary, hidden, padding); // (B, T, hidden)
    var ofKinds = g.embedding(kinds, "token_type_embeddings", segments, hidden, -1);
    var ofPlaces =
        places
            .map(chosen -> g.embedding(chosen, "position_embeddings", positions, hidden, padding))
            .orElseGet(() -> firstPlaces(g));
    var sum = g.add(g.add(words, ofKinds), ofPlaces);
    return g.dropout(g.layerNorm(sum, "LayerNorm", epsilon), dropout);
  }

  private Value firstPlaces(GraphBuilder g) {
    return g.first(g.weight("position_embeddings.weight", Initial.NORMAL, positions, hidden), 0, T);
  }

  private Value block(GraphBuilder g, Value x, Value seen) {
    var self = g.at("attention.self");
    var q = g.splitHeads(self.linear(x, "query", hidden, true), heads); // (B, heads, T, d)
    var k = g.splitHeads(self.linear(x, "key", hidden, true), heads);
    var v = g.splitHeads(self.linear(x, "value", hidden, true), heads);
    var context = g.mergeHeads(g.attention(q, k, v, seen, attentionDropout));
    var attended = residual(g.at("attention.output"), context, x);
    var wide = g.linear(attended, "intermediate.dense", intermediate, true);
    return residual(g.at("output"), g.activation(wide, activation), attended);
  }

  private Value residual(GraphBuilder g, Value update, Value x) {
    var narrow = g.dropout(g.linear(update, "dense", hidden, true), dropout);
    return g.layerNorm(g.add(narrow, x), "LayerNorm", epsilon);
  }

  /** The same model drawing nothing: what pre-training on much text wants. */
  BertEncoder withoutDropout() {
    return new BertEncoder(
        vocabulary,
        positions,
        segments,
        padding,
        hidden,
        blocks,
        heads,
        intermediate,
        activation,
        epsilon,
        0,
        0,
        initializerRange);
  }
}
