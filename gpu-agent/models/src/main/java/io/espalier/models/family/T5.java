package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * T5: an encoder and a decoder whose attention knows distances, not places. Raffel et al. 2019,
 * arXiv:1910.10683; version 1.1 with gated layers, Shazeer 2020, arXiv:2002.05202.
 *
 * @param headSize features of a head, whatever the width of the model
 * @param buckets kinds of distances
 * @param farthest distance from which all are one kind
 * @param gated whether the feed-forward layer has a gate
 * @param tied whether the last layer is the matrix of the embeddings
 * @param start token that a decoder begins with
 */
public record T5(
    int vocabulary,
    int hidden,
    int headSize,
    int intermediate,
    int encoderBlocks,
    int decoderBlocks,
    int heads,
    int buckets,
    int farthest,
    Activation activation,
    boolean gated,
    double epsilon,
    double dropout,
    boolean tied,
    int start,
    int padding,
    double initializerFactor)
    implements Family {

  /** Tokens of the texts that the encoder reads. */
  private static final Size S = Size.symbol("S");

  /** Tokens that the decoder has given before. */
  private static final Size P = Size.symbol("P");

  static T5 of(ModelConfig config) {
    int vocabulary = config.integer("vocab_size", 1, 4_000_000);
    int blocks = config.integer("num_layers", 1, 512);
    var forward = config.text("feed_forward_proj", "relu");
    boolean gated = forward.startsWith("gated-");
    var activation =
        switch (gated ? forward.substring("gated-".length()) : forward) {
          // transformers takes the gated kind for the approximation by tanh
          case "gelu" -> gated ? Activation.GELU_TANH : Activation.GELU;
          case "gelu_new" -> Activation.GELU_TANH;
          case "relu" -> Activation.RELU;
          case "silu" -> Activation.SILU;
          default ->
              throw config.wrong("feed_forward_proj", "relu, gelu, silu, or one of them gated-");
        };
    int padding = config.integer("pad_token_id", 0, vocabulary - 1, 0);
    return new T5(
        vocabulary,
        config.integer("d_model", 1, 65_536),
        config.integer("d_kv", 1, 4096),
        config.integer("d_ff", 1, 1_000_000),
        blocks,
        config.integer("num_decoder_layers", 1, 512, blocks),
        config.integer("num_heads", 1, 1024),
        config.integer("relative_attention_num_buckets", 4, 100_000, 32),
        config.integer("relative_attention_max_distance", 2, 1_000_000, 128),
        activation,
        gated,
        config.number("layer_norm_epsilon", 0, 1, 1e-6),
        config.number("dropout_rate", 0, 0.99, 0.1),
        config.flag("tie_word_embeddings", true),
        config.integer("decoder_start_token_id", 0, vocabulary - 1, padding),
        padding,
        config.number("initializer_factor", 0, 1000, 1));
  }

  @Override
  public void describe(GraphBuilder g) {
    var mask = g.paddingMask(g.input("attention_mask", DType.I64, B, S)); // (B, 1, 1, S)
    var read = encoded(g, mask); // (B, S, hidden)
    g.output("encoder_last_hidden_state", read);
    var labels = g.input("labels", DType.I64, B, T);
    var given = g.shiftRight(labels, start, padding);
    var x = embedded(g, "decoder_embeddings", given, 1 + decoderBlocks);
    g.output("decoder_hidden_states.0", x);
    var bias = g.maskBias(distances(g, "decoder", false, given, T, T), g.before(given, T, T));
    for (int i = 0; i < decoderBlocks; i++) {
      g.stage("decoder_" + i, decoderBlocks - i);
      var block = g.at("decoder.block." + i);
      x = selfAttention(block, x, bias);
      x = crossAttention(block, x, keys(block, read), values(block, read), mask);
      x = forward(block.at("layer.2"), x);
      if (i < decoderBlocks - 1) g.output("decoder_hidden_states." + (i + 1), x);
    }
    g.stage("head", 0);
    x = finished(g, "decoder", x);
    g.output("decoder_hidden_states." + decoderBlocks, x); // the reference counts the norm in
    g.output("decoder_last_hidden_state", x);
    var logits = words(g, x);
    g.output("logits", logits);
    g.output("loss", Heads.perToken(g, logits, labels, vocabulary));
  }

  private Value encoded(GraphBuilder g, Value mask) {
    var ids = g.input("input_ids", DType.I64, B, S);
    var x = embedded(g, "encoder_embeddings", ids, 2 + decoderBlocks + encoderBlocks);
    g.output("encoder_hidden_states.0", x);
    var bias = g.maskBias(distances(g, "encoder", true, ids, S, S), mask); // (B, heads, S, S)
    for (int i = 0; i < encoderBlocks; i++) {
      g.stage("encoder_" + i, 1 + decoderBlocks + encoderBlocks - i);
      var block = g.at("encoder.block." + i);
      x = selfAttention(block, x, bias);
      x = forward(block.at("layer.1"), x);
      if (i < encoderBlocks - 1) g.output("encoder_hidden_states." + (i + 1), x);
    }
    x = finished(g, "encoder", x);
    g.output("encoder_hidden_states." + encoderBlocks, x); // the reference counts the norm in
    return x;
  }

  private Value embedded(GraphBuilder g, String stage, Value ids, int depth) {
    g.stage(stage, depth);
    return g.dropout(g.rows(shared(g), ids), dropout);
  }

  private Value shared(GraphBuilder g) {
    return g.weight("shared.weight", new Initial.Normal(initializerFactor), vocabulary, hidden);
  }

  /** What is added to the attention of all blocks of a stack: (1, heads, queries, keys). */
  private Value distances(
      GraphBuilder g, String stack, boolean bothWays, Value near, Size queries, Size keys) {
    var kinds = g.distanceBuckets(near, bothWays, buckets, farthest, queries, keys);
    var module = stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    var table = g.weight(module, normal(1.0 / hidden), buckets, heads);
    var bias = g.transpose(g.transpose(g.rows(table, kinds), 0, 2), 1, 2); // (heads, queries, keys)
    return g.reshape(bias, Size.of(1), Size.of(heads), queries, keys);
  }

  /** (B, T, hidden) → the same, each place having looked at those of its own stack. */
  private Value selfAttention(GraphBuilder block, Value x, Value bias) {
    var layer = block.at("layer.0");
    var normed = layer.rmsNorm(x, "layer_norm", epsilon);
    var self = layer.at("SelfAttention");
    return attended(
        self, x, normed, projected(self, normed, "k"), projected(self, normed, "v"), bias);
  }

  private Value crossAttention(GraphBuilder block, Value x, Value keys, Value values, Value mask) {
    var layer = block.at("layer.1");
    var normed = layer.rmsNorm(x, "layer_norm", epsilon);
    return attended(layer.at("EncDecAttention"), x, normed, keys, values, mask);
  }

  private Value attended(
      GraphBuilder g, Value x, Value normed, Value keys, Value values, Value biasOrMask) {
    var queries = projected(g, normed, "q"); // (B, heads, T, d)
    var context = g.mergeHeads(g.unscaledAttention(queries, keys, values, biasOrMask, dropout));
    var initial = normal(1.0 / (heads * headSize));
    return g.add(x, g.dropout(g.linear(context, "o", hidden, false, initial), dropout));
  }

  private Value keys(GraphBuilder block, Value read) {
    return projected(block.at("layer.1.EncDecAttention"), read, "k");
  }

  private Value values(GraphBuilder block, Value read) {
    return projected(block.at("layer.1.EncDecAttention"), read, "v");
  }

  private Value projected(GraphBuilder g, Value x, String module) {
    var initial = normal(1.0 / (module.equals("q") ? (double) hidden * headSize : hidden));
    return g.splitHeads(g.linear(x, module, (long) heads * headSize, false, initial), heads);
  }

  private Value forward(GraphBuilder layer, Value x) {
    var normed = layer.rmsNorm(x, "layer_norm", epsilon);
    var g = layer.at("DenseReluDense");
    var wide = g.activation(widened(g, normed, gated ? "wi_0" : "wi"), activation);
    var gatedWide = gated ? g.multiply(wide, widened(g, normed, "wi_1")) : wide;
    var narrow =
        g.linear(g.dropout(gatedWide, dropout), "wo", hidden, false, normal(1.0 / intermediate));
    return g.add(x, g.dropout(narrow, dropout));
  }

  private Value widened(GraphBuilder g, Value x, String module) {
    return g.linear(x, module, intermediate, false, normal(1.0 / hidden));
  }

  private Value finished(GraphBuilder g, String stack, Value x) {
    return g.dropout(g.at(stack).rmsNorm(x, "final_layer_norm", epsilon), dropout);
  }

  /** (…, hidden) → (…, vocabulary). */
  private Value words(GraphBuilder g, Value x) {
    return tied
        ? g.matrixProduct(g.scale(x, 1 / Math.sqrt(hidden)), shared(g))
        : g.linear(x, "lm_head", vocabulary, false, new Initial.Normal(initializerFactor));
  }

  private Initial normal(double variance) {
    return new Initial.Normal(initializerFactor * Math.sqrt(variance));
  }

  /**
   * Besides the others: {@code encode} gives what the decoder looks at, {@code decode} goes on from
   * a cache and gives {@code next_logits} (B, vocabulary) and the cache; with an empty one it
   * begins.
   */
  @Override
  public SortedMap<String, Graph> forwards(TrainingPlan plan) {
    var forwards = Forwards.of(graph(plan, Mode.EVAL));
    forwards.put("encode", encoding(plan));
    forwards.put("decode", decoding(plan));
    return forwards;
  }

  private Graph encoding(TrainingPlan plan) {
    var g = new GraphBuilder(plan, Mode.EVAL);
    var read = encoded(g, g.paddingMask(g.input("attention_mask", DType.I64, B, S)));
    for (int i = 0; i < decoderBlocks; i++) {
      var block = g.at("decoder.block." + i);
      g.output("read_%d_key".formatted(i), keys(block, read));
      g.output("read_%d_value".formatted(i), values(block, read));
    }
    return g.build();
  }

  private Graph decoding(TrainingPlan plan) {
    var g = new GraphBuilder(plan, Mode.EVAL);
    var mask = g.paddingMask(g.input("attention_mask", DType.I64, B, S));
    var ids = g.input("decoder_input_ids", DType.I64, B, T);
    var x = embedded(g, "decoder_embeddings", ids, 1 + decoderBlocks);
    for (int i = 0; i < decoderBlocks; i++) {
      g.stage("decoder_" + i, decoderBlocks - i);
      var block = g.at("decoder.block." + i);
      var layer = block.at("layer.0");
      var normed = layer.rmsNorm(x, "layer_norm", epsilon);
      var self = layer.at("SelfAttention");
      var keys = Attending.extended(g, "cache_%d_key".formatted(i), projected(self, normed, "k"));
      var values =
          Attending.extended(g, "cache_%d_value".formatted(i), projected(self, normed, "v"));
      var all = P.plus(T);
      var bias = g.maskBias(distances(g, "decoder", false, ids, T, all), g.before(ids, T, all));
      x = attended(self, x, normed, keys, values, bias);
      x = crossAttention(block, x, read(g, i, "key"), read(g, i, "value"), mask);
      x = forward(block.at("layer.2"), x);
    }
    g.stage("head", 0);
    g.output("next_logits", words(g, finished(g, "decoder", g.select(x, 1, -1))));
    return g.build();
  }

  private Value read(GraphBuilder g, int block, String what) {
    var name = "read_%d_%s".formatted(block, what);
    return g.input(name, DType.F32, B, Size.of(heads), S, Size.of(headSize));
  }

  @Override
  public String type() {
    return "t5";
  }

  @Override
  public Head head() {
    return new Head.SequenceToSequence();
  }

  @Override
  public Family with(Head head) {
    if (!head.equals(head())) throw new IllegalArgumentException("T5 has no " + head);
    return this;
  }

  @Override
  public Publication publication() {
    var names =
        Names.of(List.of())
            .tying("encoder.embed_tokens.weight", "shared.weight")
            .tying("decoder.embed_tokens.weight", "shared.weight");
    return new Publication(
        "T5ForConditionalGeneration",
        "transformers.models.t5.modeling_t5",
        Optional.of(Publication.SEQUENCE_TO_SEQUENCE),
        List.of("T5WithLMHeadModel"),
        List.of(),
        List.of(),
        "",
        tied ? names.tying("lm_head.weight", "shared.weight") : names);
  }

  @Override
  public int blocks() {
    return encoderBlocks + decoderBlocks;
  }

  @Override
  public int featureSize() {
    return hidden;
  }

  @Override
  public double initializerRange() {
    return 0.05 * initializerFactor;
  }

  @Override
  public Map<String, Long> usualSample() {
    return Map.of("B", 1L, "S", 64L, "T", 32L);
  }
}
