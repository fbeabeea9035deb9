package io.espalier.models.family;

import io.espalier.models.graph.Activation;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Value;
import io.espalier.models.weights.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * RoBERTa: BERT whose places are counted past the padding and whose head has a hidden layer of its
 * own. Liu et al. 2019, arXiv:1907.11692.
 */
public record Roberta(BertEncoder encoder, double classifierDropout, Head head)
    implements TextEncoder {

  static Roberta of(ModelConfig config) {
    var encoder = BertEncoder.of(config, 1);
    if (encoder.positions() <= encoder.padding() + 1)
      throw config.wrong("max_position_embeddings", "more than pad_token_id + 1");
    return new Roberta(
        encoder,
        config.number("classifier_dropout", 0, 0.99, encoder.dropout()),
        config.classifier());
  }

  @Override
  public void describe(GraphBuilder g) {
    var ids = g.input("input_ids", DType.I64, B, T);
    var mask = g.input("attention_mask", DType.I64, B, T);
    var kinds = g.input("token_type_ids", DType.I64, B, T);
    var places = g.countedPlaces(ids, encoder.padding());
    var x = encoder.describe(g, "roberta", ids, kinds, mask, Optional.of(places));
    switch (head) {
      case Head.TokenClassification(int labels) ->
          Heads.tokenClassification(g, g.linear(drop(g, x), "classifier", labels, true), labels);
      case Head.Classification one -> {
        var features = g.select(x, 1, 0); // (B, hidden)
        g.output("features", features);
        Heads.classification(g, classifier(g.at("classifier"), features, one.labels()), one);
      }
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() ->
          throw new IllegalStateException("RoBERTa has no " + head);
    }
  }

  private Value classifier(GraphBuilder g, Value x, int labels) {
    var dense = g.linear(drop(g, x), "dense", encoder.hidden(), true);
    return g.linear(drop(g, g.activation(dense, Activation.TANH)), "out_proj", labels, true);
  }

  private Value drop(GraphBuilder g, Value x) {
    return g.dropout(x, classifierDropout);
  }

  @Override
  public String type() {
    return "roberta";
  }

  @Override
  public Publication publication() {
    return Texts.encoder(
        "Roberta", type(), head, List.of("Model", "ForMaskedLM"), List.of("classifier"), List.of());
  }

  @Override
  public Roberta with(Head other) {
    return new Roberta(encoder, classifierDropout, other);
  }

  @Override
  public boolean hasLinearHead() {
    return false;
  }

  /** Near 0 the tangent is the identity: features go in small, and come out as large as before. */
  @Override
  public Map<String, Tensor> linearHead(float[] weight, float[] bias, double reach) {
    int width = encoder.hidden();
    double small = 1e-3 / Math.max(reach, 1e-6);
    var outer = new float[weight.length];
    for (int i = 0; i < outer.length; i++) outer[i] = (float) (weight[i] / small);
    return Map.of(
        "classifier.dense.weight", Texts.diagonal(width, (float) small),
        "classifier.dense.bias", Tensor.of(new float[width], width),
        "classifier.out_proj.weight", Tensor.of(outer, bias.length, width),
        "classifier.out_proj.bias", Tensor.of(bias, bias.length));
  }

  @Override
  public String lastLayer() {
    return head instanceof Head.TokenClassification ? "classifier" : "classifier.out_proj";
  }

  @Override
  public int vocabulary() {
    return encoder.vocabulary();
  }

  @Override
  public int longest() {
    return encoder.positions() - encoder.padding() - 1;
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
