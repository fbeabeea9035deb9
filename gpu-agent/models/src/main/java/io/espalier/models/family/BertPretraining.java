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
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * BERT as it is pre-trained: it fills in masked tokens, by a matrix tied to the word embeddings,
 * and tells whether the second text follows the first, which gives the pooled token its use. Names
 * are those of {@code BertForPreTraining}.
 */
public record BertPretraining(Bert bert) implements Network {

  /** Masked tokens in a batch. */
  private static final Size M = Size.symbol("M");

  /**
   * The loss is a sum over masked tokens and pairs; a pair has about so many masked tokens, so that
   * both questions weigh the same.
   */
  private static final double PAIR_WEIGHT = 8;

  /** Dropout only slows a small model that sees few texts twice. */
  public static BertPretraining of(Bert bert) {
    return new BertPretraining(bert.withoutDropout());
  }

  @Override
  public void describe(GraphBuilder g) {
    var x = bert.encoded(g); // (B, T, hidden)
    var tokens = g.reshape(x, B.times(T), Size.of(bert.encoder().hidden()));
    var masked = g.rows(tokens, g.input("masked_places", DType.I64, M)); // (M, hidden)
    var words = fillings(g, masked);
    var labels = g.input("labels", DType.I64, M);
    g.output("logits", words);
    var wordLoss = g.crossEntropy(words, labels);
    g.output("word_loss", wordLoss);

    var pairs = g.linear(bert.pooled(g, x), "cls.seq_relationship", 2, true);
    g.output("pair_logits", pairs);
    var pairLoss = g.crossEntropy(pairs, g.input("next_sentence_label", DType.I64, B));
    g.output("loss", g.addScaled(wordLoss, pairLoss, PAIR_WEIGHT));
  }

  /** (M, hidden) → (M, vocabulary). */
  private Value fillings(GraphBuilder g, Value masked) {
    var transform = g.at("cls.predictions.transform");
    var dense =
        g.activation(
            transform.linear(masked, "dense", bert.encoder().hidden(), true), Activation.GELU);
    var normed = transform.layerNorm(dense, "LayerNorm", bert.encoder().epsilon());
    var words =
        g.weight(
            "bert.embeddings.word_embeddings.weight",
            Initial.NORMAL,
            bert.encoder().vocabulary(),
            bert.encoder().hidden());
    return g.tied(normed, words, "cls.predictions.bias");
  }

  @Override
  public double initializerRange() {
    return bert.initializerRange();
  }

  /** {@code evaluate}: what is needed to judge its answers. */
  @Override
  public SortedMap<String, Graph> forwards(TrainingPlan plan) {
    var forwards = new TreeMap<String, Graph>();
    forwards.put(
        "evaluate", graph(plan, Mode.EVAL).only(List.of("logits", "pair_logits", "word_loss")));
    return forwards;
  }
}
