package io.espalier.models.family;

import io.espalier.models.graph.DType;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.graph.Value;
import java.util.List;
import java.util.SortedMap;

/** A family that reads forwards and tells the next token. */
public sealed interface Decoder extends Family permits Gpt2, Llama {

  int vocabulary();

  /** Most tokens of a text. */
  int positions();

  /** Heads of a layer's keys and values. */
  int keyHeads();

  /** Features of a head. */
  int headSize();

  /** Token numbers (B, T) → scores of the next token (B, T, vocabulary), or (B, vocabulary). */
  Value logits(GraphBuilder g, Value ids, Attending attending);

  @Override
  default void describe(GraphBuilder g) {
    describe(g, BatchLayout.PADDED_RIGHT);
  }

  private void describe(GraphBuilder g, BatchLayout layout) {
    var ids = g.input("input_ids", DType.I64, B, T);
    Heads.nextToken(g, logits(g, ids, Attending.in(g, ids, layout)), vocabulary());
  }

  /** The same model for batches that lie otherwise. */
  default Network laidOut(BatchLayout layout) {
    return layout == BatchLayout.PADDED_RIGHT ? this : new LaidOut(this, layout);
  }

  /**
   * Besides the others: {@code decode} goes on from a cache of keys and values, and gives {@code
   * next_logits} (B, vocabulary) and the cache; with an empty one it reads the prompt.
   */
  @Override
  default SortedMap<String, Graph> forwards(TrainingPlan plan) {
    return withDecode(plan, Forwards.of(graph(plan, Mode.EVAL)));
  }

  private SortedMap<String, Graph> withDecode(
      TrainingPlan plan, SortedMap<String, Graph> forwards) {
    var g = new GraphBuilder(plan, Mode.EVAL);
    var ids = g.input("input_ids", DType.I64, B, T);
    g.output("next_logits", logits(g, ids, Attending.cached(g)));
    forwards.put("decode", g.build());
    return forwards;
  }

  /** A decoder over batches of another layout. */
  record LaidOut(Decoder decoder, BatchLayout layout) implements Network {

    @Override
    public void describe(GraphBuilder g) {
      decoder.describe(g, layout);
    }

    @Override
    public double initializerRange() {
      return decoder.initializerRange();
    }

    @Override
    public SortedMap<String, Graph> forwards(TrainingPlan plan) {
      return decoder.withDecode(plan, Forwards.of(graph(plan, Mode.EVAL)));
    }
  }

  @Override
  default Family with(Head head) {
    if (!head.equals(new Head.LanguageModelling()))
      throw new IllegalArgumentException(type() + " has no " + head);
    return this;
  }

  @Override
  default Head head() {
    return new Head.LanguageModelling();
  }

  /** Names that a tied last layer goes by. */
  static Names tied(boolean tied, String embeddings) {
    var names = Names.of(List.of());
    return tied ? names.tying("lm_head.weight", embeddings) : names;
  }
}
