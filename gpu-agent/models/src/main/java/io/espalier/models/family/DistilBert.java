package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Value;
import io.espalier.models.weights.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * DistilBERT: half the blocks of BERT, no kinds of tokens, no pooler. Sanh et al. 2019,
 * arXiv:1910.01108.
 */
public record DistilBert(
    int vocabulary,
    int positions,
    int padding,
    int hidden,
    int blocks,
    int heads,
    int intermediate,
    Activation activation,
    double dropout,
    double attentionDropout,
    double classifierDropout,
    double initializerRange,
    Head head)
    implements TextEncoder {

  private static final double EPSILON = 1e-12;

  static DistilBert of(ModelConfig config) {
    int vocabulary = config.integer("vocab_size", 1, 4_000_000);
    int hidden = config.integer("dim", 1, 65_536);
    return new DistilBert(
        vocabulary,
        config.integer("max_position_embeddings", 1, 1_000_000),
        config.integer("pad_token_id", 0, vocabulary - 1, 0),
        hidden,
        config.integer("n_layers", 1, 512),
        config.divisor("n_heads", hidden),
        config.integer("hidden_dim", 1, 262_144),
        config.activation("activation", "gelu"),
        config.number("dropout", 0, 0.99, 0.1),
        config.number("attention_dropout", 0, 0.99, 0.1),
        config.number("seq_classif_dropout", 0, 0.99, 0.2),
        config.number("initializer_range", 0, 10, 0.02),
        config.classifier());
  }

  @Override
  public void describe(GraphBuilder g) {
    var x = encoded(g); // (B, T, hidden)
    switch (head) {
      case Head.TokenClassification(int labels) ->
          Heads.tokenClassification(
              g, g.linear(g.dropout(x, dropout), "classifier", labels, true), labels);
      case Head.Classification one -> {
        var features = g.select(x, 1, 0); // (B, hidden)
        g.output("features", features);
        var inner =
            g.activation(g.linear(features, "pre_classifier", hidden, true), Activation.RELU);
        var logits =
            g.linear(g.dropout(inner, classifierDropout), "classifier", one.labels(), true);
        Heads.classification(g, logits, one);
      }
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() ->
          throw new IllegalStateException("DistilBERT has no " + head);
    }
  }

  private Value encoded(GraphBuilder g) {
    var ids = g.input("input_ids", DType.I64, B, T);
    var mask = g.input("attention_mask", DType.I64, B, T);
    var backbone = g.at("distilbert");

    g.stage("embeddings", blocks + 1);
    var seen = g.paddingMask(mask); // (B, 1, 1, T)
    var x = embeddings(backbone.at("embeddings"), ids);
    hiddenState(g, 0, x);
    for (int i = 0; i < blocks; i++) {
      g.stage("layer_" + i, blocks - i);
      x = block(backbone.at("transformer.layer." + i), x, seen);
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

  private Value embeddings(GraphBuilder g, Value ids) {
    var words = g.embedding(ids, "word_embeddings", vocabulary, hidden, padding);
    var places =
        g.first(g.weight("position_embeddings.weight", Initial.NORMAL, positions, hidden), 0, T);
    return g.dropout(g.layerNorm(g.add(words, places), "LayerNorm", EPSILON), dropout);
  }

  private Value block(GraphBuilder g, Value x, Value seen) {
    var self = g.at("attention");
    var q = g.splitHeads(self.linear(x, "q_lin", hidden, true), heads); // (B, heads, T, d)
    var k = g.splitHeads(self.linear(x, "k_lin", hidden, true), heads);
    var v = g.splitHeads(self.linear(x, "v_lin", hidden, true), heads);
    var context = g.mergeHeads(g.attention(q, k, v, seen, attentionDropout));
    var update = self.linear(context, "out_lin", hidden, true);
    var attended = g.layerNorm(g.add(update, x), "sa_layer_norm", EPSILON);
    var wide = g.activation(g.linear(attended, "ffn.lin1", intermediate, true), activation);
    var narrow = g.dropout(g.linear(wide, "ffn.lin2", hidden, true), dropout);
    return g.layerNorm(g.add(narrow, attended), "output_layer_norm", EPSILON);
  }

  @Override
  public String type() {
    return "distilbert";
  }

  @Override
  public Publication publication() {
    boolean ofTokens = head instanceof Head.TokenClassification;
    return Texts.encoder(
        "DistilBert",
        type(),
        head,
        List.of("Model", "ForMaskedLM"),
        ofTokens ? List.of("classifier") : List.of("pre_classifier", "classifier"),
        List.of());
  }

  @Override
  public DistilBert with(Head other) {
    return new DistilBert(
        vocabulary,
        positions,
        padding,
        hidden,
        blocks,
        heads,
        intermediate,
        activation,
        dropout,
        attentionDropout,
        classifierDropout,
        initializerRange,
        other);
  }

  @Override
  public boolean hasLinearHead() {
    return false;
  }

  /** Far above 0 ReLU is the identity: features go in shifted, and the last layer shifts back. */
  @Override
  public Map<String, Tensor> linearHead(float[] weight, float[] bias, double reach) {
    float shift = (float) (2 * reach);
    var shifts = new float[hidden];
    Arrays.fill(shifts, shift);
    var back = bias.clone();
    for (int label = 0; label < back.length; label++) {
      double sum = 0;
      for (int i = 0; i < hidden; i++) sum += weight[label * hidden + i];
      back[label] -= (float) (shift * sum);
    }
    return Map.of(
        "pre_classifier.weight", Texts.diagonal(hidden, 1),
        "pre_classifier.bias", Tensor.of(shifts, hidden),
        "classifier.weight", Tensor.of(weight, bias.length, hidden),
        "classifier.bias", Tensor.of(back, bias.length));
  }

  @Override
  public int longest() {
    return positions;
  }

  /** It was never told of kinds; pairs are read all the same. */
  @Override
  public int segments() {
    return 2;
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
