package io.espalier.models.family;

import io.espalier.models.weights.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What families of texts have in common. */
final class Texts {

  /** Of a sentence or two; what a cost is told of before the texts are known. */
  private static final int USUAL_TOKENS = 64;

  /** As the first releases named the parameters of norms. */
  private static final Names LEGACY_NAMES =
      Names.of(List.of())
          .alsoReading(
              List.of(
                  List.of("LayerNorm.weight", "LayerNorm.gamma"),
                  List.of("LayerNorm.bias", "LayerNorm.beta")));

  private Texts() {}

  /**
   * How an encoder under a classifier of texts or of tokens is published.
   *
   * @param name that the names of its models begin with
   * @param type as {@code model_type} names it, which is also the module of the backbone
   * @param relatives ends of the names of other models with the backbone
   */
  static Publication encoder(
      String name,
      String type,
      Head head,
      List<String> relatives,
      List<String> headModules,
      List<String> optionalModules) {
    boolean ofTokens = head instanceof Head.TokenClassification;
    var kinds = List.of("ForSequenceClassification", "ForTokenClassification");
    return new Publication(
        name + kinds.get(ofTokens ? 1 : 0),
        "transformers.models.%1$s.modeling_%1$s".formatted(type),
        Optional.of(
            ofTokens ? Publication.TOKEN_CLASSIFICATION : Publication.SEQUENCE_CLASSIFICATION),
        Stream.concat(kinds.stream(), relatives.stream()).map(name::concat).toList(),
        headModules,
        optionalModules,
        type,
        LEGACY_NAMES);
  }

  /** (size, size): {@code value} on the diagonal, 0 elsewhere. */
  static Tensor diagonal(int size, float value) {
    var values = new float[size * size];
    for (int i = 0; i < size; i++) values[i * (size + 1)] = value;
    return Tensor.of(values, size, size);
  }

  static Map<String, Long> usualSample(int positions) {
    return Map.of("B", 1L, "T", (long) Math.min(positions, USUAL_TOKENS));
  }
}
