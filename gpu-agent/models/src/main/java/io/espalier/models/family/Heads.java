package io.espalier.models.family;

import static io.espalier.models.family.Network.B;
import static io.espalier.models.family.Network.T;

import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.Value;

/** Losses of the heads, alike in all families. */
final class Heads {

  private Heads() {}

  /** (B, labels) → outputs {@code logits} and {@code loss}. */
  static void classification(GraphBuilder g, Value logits, Head.Classification head) {
    g.output("logits", logits);
    var labels = Size.of(head.labels());
    g.output(
        "loss",
        switch (head.targets()) {
          case SINGLE_LABEL -> g.crossEntropy(logits, g.classes(head.labels()));
          case MULTI_LABEL -> g.binaryCrossEntropy(logits, g.input("labels", DType.F32, B, labels));
          case REGRESSION -> g.squaredError(logits, g.input("labels", DType.F32, B, labels));
        });
  }

  /** (B, T, labels): each token by itself; label −100 is no question. */
  static void tokenClassification(GraphBuilder g, Value logits, int labels) {
    g.output("logits", logits);
    g.output("loss", perToken(g, logits, g.input("labels", DType.I64, B, T), labels));
  }

  /** (B, T, vocabulary): each place tells the next token. */
  static void nextToken(GraphBuilder g, Value logits, int vocabulary) {
    g.output("logits", logits);
    var next = g.nextLabels(g.input("labels", DType.I64, B, T));
    g.output("loss", perToken(g, logits, next, vocabulary));
  }

  /** (B, T, classes), (B, T) → (). */
  static Value perToken(GraphBuilder g, Value logits, Value labels, int classes) {
    var tokens = B.times(T);
    return g.crossEntropy(g.reshape(logits, tokens, Size.of(classes)), g.reshape(labels, tokens));
  }
}
