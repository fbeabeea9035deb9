package io.espalier.trainer.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * All that a tokenizer tells of a text.
 *
 * @param tokens as texts; what was filled up has none
 * @param special 1 for tokens that the tokenizer put in
 * @param spans where in the text each token begins and ends, in code points
 */
public record Encoded(
    List<Long> ids,
    List<String> tokens,
    List<Long> kinds,
    List<Long> attention,
    List<Long> special,
    List<List<Long>> spans) {

  public Encoded {
    ids = List.copyOf(ids);
    tokens = List.copyOf(tokens);
    kinds = List.copyOf(kinds);
    attention = List.copyOf(attention);
    special = List.copyOf(special);
    spans = List.copyOf(spans);
  }

  /** The same with {@code padding} behind it. */
  public Encoded filledTo(int length, long padding) {
    return new Encoded(
        filled(ids, length, padding),
        tokens,
        filled(kinds, length, 0L),
        filled(attention, length, 0L),
        filled(special, length, 1L),
        filled(spans, length, List.of(0L, 0L)));
  }

  private static <T> List<T> filled(List<T> list, int length, T with) {
    var filled = new ArrayList<>(list);
    filled.addAll(Collections.nCopies(Math.max(0, length - list.size()), with));
    return filled;
  }

  /** By the name that Hugging Face's library gives it; empty for one that is not told here. */
  public Optional<List<?>> field(String name) {
    return switch (name) {
      case "ids" -> Optional.of(ids);
      case "tokens" -> tokens.size() == ids.size() ? Optional.of(tokens) : Optional.empty();
      case "type_ids" -> Optional.of(kinds);
      case "attention_mask" -> Optional.of(attention);
      case "special_tokens_mask" -> Optional.of(special);
      case "offsets" -> Optional.of(spans);
      default -> Optional.empty();
    };
  }
}
