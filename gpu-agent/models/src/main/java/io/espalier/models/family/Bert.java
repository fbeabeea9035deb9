package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * BERT for sequence classification. Devlin et al. 2018, arXiv:1810.04805.
 *
 * @param positions most tokens of a sample
 * @param segments kinds of tokens: of the first text, of the second
 * @param padding number of the token that fills up short samples; nothing is learned of it
 */
public record Bert(
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
    double classifierDropout,
    double initializerRange,
    int labels)
    implements Family {

  /** Of a sentence or two; what a cost is told of before the texts are known. */
  private static final int USUAL_TOKENS = 64;

  /** As the first releases named the parameters of norms. */
  private static final Names NAMES =
      Names.of(List.of())
          .alsoReading(
              List.of(
                  List.of("LayerNorm.weight", "LayerNorm.gamma"),
                  List.of("LayerNorm.bias", "LayerNorm.beta")));

  static Bert of(ModelConfig config) {
    int vocabulary = config.integer("vocab_size", 1, 4_000_000);
    int hidden = config.integer("hidden_size", 1, 65_536);
    int heads = config.integer("num_attention_heads", 1, 1024);
    if (hidden % heads != 0)
      throw config.wrong("num_attention_heads", "a divisor of hidden_size " + hidden);
    if (!config.text("position_embedding_type", "absolute").equals("absolute"))
      throw config.wrong("position_embedding_type", "absolute");
    if (config.flag("is_decoder", false)) throw config.wrong("is_decoder", "false");
    double dropout = config.number("hidden_dropout_prob", 0, 0.99, 0.1);
    return new Bert(
        vocabulary,
        config.integer("max_position_embeddings", 1, 1_000_000),
        config.integer("type_vocab_size", 1, 1024, 2),
        config.integer("pad_token_id", 0, vocabulary - 1, 0),
        hidden,
        config.integer("num_hidden_layers", 1, 512),
        heads,
        config.integer("intermediate_size", 1, 262_144),
        config.activation("hidden_act"),
        config.number("layer_norm_eps", 0, 1, 1e-12),
        dropout,
        config.number("attention_probs_dropout_prob", 0, 0.99, 0.1),
        config.number("classifier_dropout", 0, 0.99, dropout),
        config.number("initializer_range", 0, 10, 0.02),
        config.labels().size());
  }

  @Override
  public void describe(GraphBuilder g) {
    var pooled = pooled(g, encoded(g));
    g.output("pooler_output", pooled);
    g.output("features", pooled);
    var logits = g.linear(g.dropout(pooled, classifierDropout), head(), labels, true);
    g.output("logits", logits);
    g.output("loss", g.crossEntropy(logits, g.input("labels", DType.I64, B)));
  }

  /** Token numbers → (B, T, hidden), ready for a head, whose stage has begun. */
  Value encoded(GraphBuilder g) {
    var ids = g.input("input_ids", DType.I64, B, T);
    var attended = g.input("attention_mask", DType.I64, B, T);
    var kinds = g.input("token_type_ids", DType.I64, B, T);
    var bert = g.at(backbone());

    g.stage("embeddings", blocks + 1);
    var mask = g.paddingMask(attended); // (B, 1, 1, T)
    var x = embeddings(bert.at("embeddings"), ids, kinds);
    hiddenState(g, 0, x);
    for (int i = 0; i < blocks; i++) {
      g.stage("layer_" + i, blocks - i);
      x = block(bert.at("encoder.layer." + i), x, mask);
      hiddenState(g, i + 1, x);
    }
    g.stage("head", 0);
    g.output("last_hidden_state", x);
    return x;
  }

  /** What the first token, [CLS], has gathered: (B, T, hidden) → (B, hidden). */
  Value pooled(GraphBuilder g, Value x) {
    var first = g.select(x, 1, 0);
    return g.activation(
        g.at(backbone()).linear(first, "pooler.dense", hidden, true), Activation.TANH);
  }

  private static void hiddenState(GraphBuilder g, int depth, Value x) {
    g.output("hidden_states." + depth, x);
    g.output("features." + depth, g.select(x, 1, 0));
  }

  private Value embeddings(GraphBuilder g, Value ids, Value kinds) {
    var words = g.embedding(ids, "word_embeddings", vocabulary, hidden, padding); // (B, T, hidden)
    var ofKinds = g.embedding(kinds, "token_type_embeddings", segments, hidden, -1);
    var places =
        g.first(g.weight("position_embeddings.weight", Initial.NORMAL, positions, hidden), 0, T);
    var sum = g.add(g.add(words, ofKinds), places);
    return g.dropout(g.layerNorm(sum, "LayerNorm", epsilon), dropout);
  }

  private Value block(GraphBuilder g, Value x, Value mask) {
    var self = g.at("attention.self");
    var q = g.splitHeads(self.linear(x, "query", hidden, true), heads); // (B, heads, T, d)
    var k = g.splitHeads(self.linear(x, "key", hidden, true), heads);
    var v = g.splitHeads(self.linear(x, "value", hidden, true), heads);
    var context = g.mergeHeads(g.attention(q, k, v, mask, attentionDropout));
    var attended = residual(g.at("attention.output"), context, x);
    var wide = g.linear(attended, "intermediate.dense", intermediate, true);
    return residual(g.at("output"), g.activation(wide, activation), attended);
  }

  private Value residual(GraphBuilder g, Value update, Value x) {
    var narrow = g.dropout(g.linear(update, "dense", hidden, true), dropout);
    return g.layerNorm(g.add(narrow, x), "LayerNorm", epsilon);
  }

  @Override
  public String type() {
    return "bert";
  }

  @Override
  public String architecture() {
    return "BertForSequenceClassification";
  }

  @Override
  public String library() {
    return "transformers.models.bert.modeling_bert";
  }

  @Override
  public Optional<String> peftTask() {
    return Optional.of("SEQ_CLS");
  }

  @Override
  public List<String> sources() {
    return List.of(architecture(), "BertModel", "BertForPreTraining");
  }

  @Override
  public String head() {
    return "classifier";
  }

  @Override
  public String backbone() {
    return "bert";
  }

  @Override
  public int featureSize() {
    return hidden;
  }

  @Override
  public Map<String, Long> usualSample() {
    return Map.of("B", 1L, "T", (long) Math.min(positions, USUAL_TOKENS));
  }

  @Override
  public Names names() {
    return NAMES;
  }

  @Override
  public Bert withLabels(int count) {
    return with(dropout, attentionDropout, classifierDropout, count);
  }

  /** The same model drawing nothing: what pre-training on much text wants. */
  Bert withoutDropout() {
    return with(0, 0, 0, labels);
  }

  private Bert with(double inLayers, double inAttention, double beforeHead, int count) {
    return new Bert(
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
        inLayers,
        inAttention,
        beforeHead,
        initializerRange,
        count);
  }
}
