package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** BERT under a classifier of texts or of tokens. Devlin et al. 2018, arXiv:1810.04805. */
public record Bert(BertEncoder encoder, double classifierDropout, Head head)
    implements TextEncoder {

  static Bert of(ModelConfig config) {
    var encoder = BertEncoder.of(config, 0);
    return new Bert(
        encoder,
        config.number("classifier_dropout", 0, 0.99, encoder.dropout()),
        config.classifier());
  }

  @Override
  public void describe(GraphBuilder g) {
    var x = encoded(g); // (B, T, hidden)
    switch (head) {
      case Head.TokenClassification(int labels) ->
          Heads.tokenClassification(g, classifier(g, x), labels);
      case Head.Classification one -> {
        var pooled = pooled(g, x);
        g.output("pooler_output", pooled);
        g.output("features", pooled);
        Heads.classification(g, classifier(g, pooled), one);
      }
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() ->
          throw new IllegalStateException("BERT has no " + head);
    }
  }

  /** Token numbers → (B, T, hidden), ready for a head, whose stage has begun. */
  Value encoded(GraphBuilder g) {
    var ids = g.input("input_ids", DType.I64, B, T);
    var mask = g.input("attention_mask", DType.I64, B, T);
    var kinds = g.input("token_type_ids", DType.I64, B, T);
    return encoder.describe(g, "bert", ids, kinds, mask, Optional.empty());
  }

  /** What the first token, [CLS], has gathered: (B, T, hidden) → (B, hidden). */
  Value pooled(GraphBuilder g, Value x) {
    var first = g.select(x, 1, 0);
    var dense = g.at("bert").linear(first, "pooler.dense", encoder.hidden(), true);
    return g.activation(dense, Activation.TANH);
  }

  private Value classifier(GraphBuilder g, Value x) {
    return g.linear(g.dropout(x, classifierDropout), "classifier", labels(), true);
  }

  @Override
  public String type() {
    return "bert";
  }

  @Override
  public Publication publication() {
    return Texts.encoder(
        "Bert",
        type(),
        head,
        List.of("Model", "ForPreTraining", "ForMaskedLM"),
        List.of("classifier"),
        List.of("bert.pooler"));
  }

  @Override
  public Bert with(Head other) {
    return new Bert(encoder, classifierDropout, other);
  }

  /** The same model drawing nothing: what pre-training on much text wants. */
  Bert withoutDropout() {
    return new Bert(encoder.withoutDropout(), 0, head);
  }

  @Override
  public int vocabulary() {
    return encoder.vocabulary();
  }

  @Override
  public int longest() {
    return encoder.positions();
  }

  @Override
  public int segments() {
    return encoder.segments();
  }

  @Override
  public int padding() {
    return encoder.padding();
  }

  @Override
  public int blocks() {
    return encoder.blocks();
  }

  @Override
  public int featureSize() {
    return encoder.hidden();
  }

  @Override
  public double initializerRange() {
    return encoder.initializerRange();
  }

  @Override
  public Map<String, Long> usualSample() {
    return Texts.usualSample(longest());
  }
}
