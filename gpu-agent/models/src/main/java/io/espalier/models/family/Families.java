package io.espalier.models.family;

import io.espalier.domain.data.Modality;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The families that Espalier trains, by the {@code model_type} of their configurations. */
public final class Families {

  private record Kind(Modality reads, Function<ModelConfig, Family> of) {}

  private static final Map<String, Kind> SUPPORTED =
      new TreeMap<>(
          Map.of(
              "bert", new Kind(Modality.TEXT, Bert::of),
              "vit", new Kind(Modality.IMAGE, Vit::of)));

  private Families() {}

  /** Throws {@link Refused} where the type is not supported or the configuration is not sound. */
  public static Family of(ModelConfig config) {
    var type = config.text("model_type");
    var family = SUPPORTED.get(type);
    if (family == null)
      throw new Refused(
          Problem.of(
                  "model-type-unsupported",
                  Category.INVALID,
                  "config.json model_type",
                  "this kind of model cannot be trained here.",
                  "Choose a base model of a supported type.")
              .found(type)
              .allowed(String.join(", ", SUPPORTED.keySet())));
    var read = family.of().apply(config);
    var architectures = config.texts("architectures");
    if (!architectures.isEmpty() && architectures.stream().noneMatch(read.sources()::contains))
      throw config.wrong("architectures", "one of " + String.join(", ", read.sources()));
    return read;
  }

  /**
   * What models of a family read.
   *
   * @param type of a supported family
   */
  public static Modality modality(String type) {
    var family = SUPPORTED.get(type);
    if (family == null) throw new IllegalArgumentException("no family " + type);
    return family.reads();
  }
}
