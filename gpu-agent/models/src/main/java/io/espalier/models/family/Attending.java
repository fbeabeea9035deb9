package io.espalier.models.family;

import static io.espalier.models.family.Network.B;
import static io.espalier.models.family.Network.T;

import io.espalier.models.graph.DType;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What each token of a decoder may look at, and where its keys and values come from. */
final class Attending {

  /** Tokens whose keys and values are in the cache. */
  private static final Size P = Size.symbol("P");

  private enum Kind {
    CAUSAL,
    MASKED,
    PACKED,
    CACHED
  }

  private final Kind kind;
  private final Value places;
  private final Map<Optional<Integer>, Value> masks = new HashMap<>();

  private Attending(Kind kind, Value places) {
    this.kind = kind;
    this.places = places;
  }

  static Attending in(GraphBuilder g, Value ids, BatchLayout layout) {
    return switch (layout) {
      case PADDED_RIGHT -> new Attending(Kind.CAUSAL, g.places(ids));
      case PADDED -> new Attending(Kind.MASKED, givenPlaces(g));
      case PACKED -> new Attending(Kind.PACKED, givenPlaces(g));
    };
  }

  /** Goes on from a cache; an empty one is the beginning. */
  static Attending cached(GraphBuilder g) {
    return new Attending(Kind.CACHED, givenPlaces(g));
  }

  private static Value givenPlaces(GraphBuilder g) {
    return g.input("position_ids", DType.I64, B, T);
  }

  /** Places of the tokens in their texts: (B, T), or (1, T) where all are alike. */
  Value places() {
    return places;
  }

  /** Whether only what comes after the last token is asked for. */
  boolean tellsLastOnly() {
    return kind == Kind.CACHED;
  }

  /**
   * q (B, heads, T, d), k and v (B, key heads, T, d) → (B, heads, T, d).
   *
   * @param window how many places back it looks, itself included; all where empty
   */
  Value attend(
      GraphBuilder g,
      int layer,
      Value q,
      Value k,
      Value v,
      Optional<Integer> window,
      double dropout) {
    if (kind == Kind.CAUSAL && window.isEmpty()) return g.causalAttention(q, k, v, dropout);
    if (kind != Kind.CACHED) return g.attention(q, k, v, mask(g, window), dropout);
    var keys = extended(g, "cache_%d_key".formatted(layer), k);
    var values = extended(g, "cache_%d_value".formatted(layer), v);
    return g.attention(q, keys, values, mask(g, window), dropout);
  }

  private Value mask(GraphBuilder g, Optional<Integer> window) {
    var known = masks.get(window);
    if (known != null) return known;
    var mask =
        switch (kind) {
          case CAUSAL, MASKED ->
              g.causalMask(g.input("attention_mask", DType.I64, B, T), T, window);
          case CACHED ->
              g.causalMask(g.input("attention_mask", DType.I64, B, P.plus(T)), T, window);
          case PACKED -> g.packedMask(g.input("sample_ids", DType.I64, B, T), window);
        };
    masks.put(window, mask);
    return mask;
  }

  /** (B, key heads, P, d) in, (B, key heads, P + T, d) out under the same name. */
  static Value extended(GraphBuilder g, String name, Value latest) {
    var s = latest.shape();
    var past = g.input(name, latest.type(), B, s.get(1), P, s.get(3));
    var all = g.concat(2, past, latest);
    g.output(name, all);
    return all;
  }
}
