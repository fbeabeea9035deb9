package io.espalier.models.family;

import io.espalier.domain.data.Modality;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The families that Espalier trains, by the {@code model_type} of their configurations. */
public final class Families {

  private record Kind(Modality reads, Function<ModelConfig, Family> of) {}

  private static final Map<String, Kind> SUPPORTED =
      new TreeMap<>(
          Map.of(
              "bert", new Kind(Modality.TEXT, Bert::of),
              "clip", new Kind(Modality.IMAGE, Clip::of),
              "distilbert", new Kind(Modality.TEXT, DistilBert::of),
              "gpt2", new Kind(Modality.TEXT, Gpt2::of),
              "llama", new Kind(Modality.TEXT, Llama::llama),
              "mistral", new Kind(Modality.TEXT, Llama::mistral),
              "qwen2", new Kind(Modality.TEXT, Llama::qwen2),
              "roberta", new Kind(Modality.TEXT, Roberta::of),
              "t5", new Kind(Modality.TEXT, T5::of),
              "vit", new Kind(Modality.IMAGE, Vit::of)));

  /** Models that are not of Hugging Face tell what they are in a sentence. */
  private static final Pattern MOBILE_NET_V2 = Pattern.compile("mobilenet_v2 width ([0-9.]+)\\b.*");

  private static final Pattern CIFAR_RESNET = Pattern.compile("resnet\\d+ .*CIFAR.*option A.*");

  static {
    SUPPORTED.put("resnet", new Kind(Modality.IMAGE, ResNet::of));
    SUPPORTED.put("cifar-resnet", new Kind(Modality.IMAGE, CifarResNet::of));
    SUPPORTED.put(
        "torchvision-mobilenet-v2",
        new Kind(Modality.IMAGE, config -> MobileNetV2.of(config, width(config))));
  }

  private static final String ARCHITECTURE = "architecture";

  private Families() {}

  /** Throws {@link Refused} where the type is not supported or the configuration is not sound. */
  public static Family of(ModelConfig config) {
    var type = type(config);
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
    var sources = read.publication().sources();
    if (!architectures.isEmpty() && architectures.stream().noneMatch(sources::contains))
      throw config.wrong("architectures", "one of " + String.join(", ", sources));
    return read;
  }

  private static String type(ModelConfig config) {
    if (config.has("model_type") || !config.has(ARCHITECTURE)) return config.text("model_type");
    var sentence = config.text(ARCHITECTURE);
    if (MOBILE_NET_V2.matcher(sentence).matches()) return "torchvision-mobilenet-v2";
    return CIFAR_RESNET.matcher(sentence).matches() ? "cifar-resnet" : sentence;
  }

  private static double width(ModelConfig config) {
    var width = MOBILE_NET_V2.matcher(config.text(ARCHITECTURE, "mobilenet_v2 width 1.0"));
    if (!width.matches()) throw config.wrong(ARCHITECTURE, "mobilenet_v2 width 1.0");
    return Double.parseDouble(width.group(1));
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
