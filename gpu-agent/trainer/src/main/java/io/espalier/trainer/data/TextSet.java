package io.espalier.trainer.data;

import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Labelled texts as tokens; a batch is as long as the longest of its texts. */
public final class TextSet implements Samples {

  /** Batches are rounded up to this, which suits the kernels and costs little. */
  private static final int MULTIPLE = 8;

  private final List<String> names;
  private final List<Tokens> texts;
  private final Targets targets;
  private final int longest;
  private final int padding;

  /**
   * @param longest most tokens that the model takes; no text has more
   * @param padding number of the token that fills up
   */
  TextSet(List<String> names, List<Tokens> texts, Targets targets, int longest, int padding) {
    if (names.size() != targets.size() || texts.size() != targets.size()) {
      throw new IllegalArgumentException(
          "%d names, %d texts and %d labels do not belong together"
              .formatted(names.size(), texts.size(), targets.size()));
    }
    this.names = List.copyOf(names);
    this.texts = List.copyOf(texts);
    this.targets = targets;
    this.longest = longest;
    this.padding = padding;
  }

  @Override
  public int size() {
    return targets.size();
  }

  @Override
  public Targets targets() {
    return targets;
  }

  @Override
  public String name(int index) {
    return names.get(index);
  }

  @Override
  public int length(int index) {
    return texts.get(index).length();
  }

  @Override
  public Map<String, Long> largest() {
    return Map.of("T", texts.stream().mapToLong(Tokens::length).max().orElse(1));
  }

  @Override
  public Batch batch(int[] indices) {
    int most = Arrays.stream(indices).map(this::length).max().orElse(1);
    int width = Math.min(longest, Math.ceilDiv(most, MULTIPLE) * MULTIPLE);
    long[] ids = new long[indices.length * width];
    long[] kinds = new long[ids.length];
    long[] attended = new long[ids.length];
    Arrays.fill(ids, padding);
    for (int row = 0; row < indices.length; row++) {
      Tokens text = texts.get(indices[row]);
      for (int place = 0; place < text.length(); place++) {
        ids[row * width + place] = text.id(place);
        kinds[row * width + place] = text.kind(place);
        attended[row * width + place] = 1;
      }
    }
    return Batch.of(
        Map.of(
            "input_ids", Tensor.of(ids, indices.length, width),
            "token_type_ids", Tensor.of(kinds, indices.length, width),
            "attention_mask", Tensor.of(attended, indices.length, width),
            "labels", targets.labels(indices, width)));
  }

  @Override
  public TextSet wanting(Targets other) {
    return new TextSet(names, texts, other, longest, padding);
  }

  @Override
  public Batch training(int[] indices, long seed) {
    return batch(indices);
  }

  @Override
  public TextSet changed() {
    return this;
  }
}
