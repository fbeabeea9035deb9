package io.espalier.datasets.preprocess;

import io.espalier.datasets.Fault;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.preprocess.ImagePreprocessing.Target;
import io.espalier.domain.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code preprocessor_config.json} of a published model. The defaults of missing keys are
 * those of the processor classes in transformers 4.57.
 */
public final class PreprocessorConfig {

  /** The file's name in a model folder. */
  public static final String FILE_NAME = "preprocessor_config.json";

  private static final int LARGEST_SIDE = 4096;
  private static final int CONVNEXT_CROPS_BELOW = 384;
  private static final double CONVNEXT_CROP = 224.0 / 256.0;
  private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);
  private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);
  private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final JsonNode config;

  private PreprocessorConfig(JsonNode config) {
    this.config = config;
  }

  /**
   * The preprocessing that {@code json} describes.
   *
   * @throws Refused when it is no such file or names a processor that is not known here
   */
  public static ImagePreprocessing read(byte[] json) {
    JsonNode config;
    try {
      config = JSON.readTree(json);
    } catch (JacksonException e) {
      throw refuse("not valid JSON", "a JSON object");
    }
    if (!config.isObject()) {
      throw refuse("no JSON object", "a JSON object");
    }
    return new PreprocessorConfig(config).processor();
  }

  private ImagePreprocessing processor() {
    String type = config.path("image_processor_type").asString(legacyType());
    String name =
        type.replaceFirst("Fast$", "").replaceFirst("FeatureExtractor$", "ImageProcessor");
    return switch (name) {
      case "ViTImageProcessor" -> vit();
      case "CLIPImageProcessor" -> shortSideThenCrop(Resample.BICUBIC, CLIP_MEAN, CLIP_STD);
      case "BitImageProcessor" -> shortSideThenCrop(Resample.BICUBIC, CLIP_MEAN, CLIP_STD);
      case "ConvNextImageProcessor" -> convNext();
      default ->
          throw refuse(
              "image_processor_type \"" + type + "\"",
              "ViT-, CLIP-, Bit- or ConvNextImageProcessor");
    };
  }

  private String legacyType() {
    return config.path("feature_extractor_type").asString("absent");
  }

  private ImagePreprocessing vit() {
    Optional<Target> resize =
        flag("do_resize", true)
            ? Optional.of(new Target.Exactly(area("size", 224), filter(Resample.BILINEAR)))
            : Optional.empty();
    return finish(resize, Optional.empty(), HALF, HALF);
  }

  private ImagePreprocessing shortSideThenCrop(
      Resample usual, List<Double> mean, List<Double> std) {
    Optional<Target> resize =
        flag("do_resize", true) ? Optional.of(target(filter(usual))) : Optional.empty();
    Optional<Area> crop =
        flag("do_center_crop", true) ? Optional.of(area("crop_size", 224)) : Optional.empty();
    return finish(resize, crop, mean, std);
  }

  private Target target(Resample filter) {
    JsonNode size = config.path("size");
    if (size.isObject() && size.has("height")) {
      return new Target.Exactly(area("size", 224), filter);
    }
    return new Target.ShortSide(shortestEdge(size, 224), filter);
  }

  /** Below 384 pixels the short side is made larger by 1/crop_pct and the middle is kept. */
  private ImagePreprocessing convNext() {
    if (!flag("do_resize", true)) {
      return finish(Optional.empty(), Optional.empty(), IMAGENET_MEAN, IMAGENET_STD);
    }
    Resample filter = filter(Resample.BILINEAR);
    int edge = shortestEdge(config.path("size"), CONVNEXT_CROPS_BELOW);
    Area area = new Area(edge, edge);
    if (edge >= CONVNEXT_CROPS_BELOW) {
      Target exactly = new Target.Exactly(area, filter);
      return finish(Optional.of(exactly), Optional.empty(), IMAGENET_MEAN, IMAGENET_STD);
    }
    double kept = number("crop_pct", CONVNEXT_CROP);
    int larger = pixels((int) (edge / kept), "size/crop_pct");
    Target shortSide = new Target.ShortSide(larger, filter);
    return finish(Optional.of(shortSide), Optional.of(area), IMAGENET_MEAN, IMAGENET_STD);
  }

  private ImagePreprocessing finish(
      Optional<Target> resize, Optional<Area> crop, List<Double> mean, List<Double> std) {
    double scale = flag("do_rescale", true) ? number("rescale_factor", 1 / 255.0) : 1;
    boolean normalise = flag("do_normalize", true);
    List<Double> means = normalise ? triple("image_mean", mean) : List.of(0.0, 0.0, 0.0);
    List<Double> deviations = normalise ? triple("image_std", std) : List.of(1.0, 1.0, 1.0);
    if (deviations.stream().anyMatch(d -> d <= 0)) {
      throw refuse("image_std " + deviations, "positive numbers");
    }
    return new ImagePreprocessing(resize, crop, scale, means, deviations);
  }

  private boolean flag(String key, boolean absent) {
    JsonNode value = config.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw refuse(key + " " + value, "true or false");
    }
    return value.booleanValue();
  }

  private double number(String key, double absent) {
    JsonNode value = config.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isNumber() || !(value.doubleValue() > 0) || value.doubleValue() > 1e6) {
      throw refuse(key + " " + value, "a positive number");
    }
    return value.doubleValue();
  }

  private List<Double> triple(String key, List<Double> absent) {
    JsonNode value = config.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    List<Double> numbers = new ArrayList<>();
    for (JsonNode number : value) {
      if (!number.isNumber() || !Double.isFinite(number.doubleValue())) {
        throw refuse(key + " " + value, "three numbers");
      }
      numbers.add(number.doubleValue());
    }
    if (numbers.size() != 3) {
      throw refuse(key + " " + value, "three numbers");
    }
    return numbers;
  }

  private Resample filter(Resample absent) {
    JsonNode value = config.path("resample");
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    return (value.isInt() ? Resample.ofNumber(value.intValue()) : Optional.<Resample>empty())
        .orElseThrow(() -> refuse("resample " + value, "0 to 5, Pillow's filters"));
  }

  /** A size as {@code {"height": …, "width": …}} or, in old files, as one number for both. */
  private Area area(String key, int absent) {
    JsonNode size = config.path(key);
    if (size.isMissingNode() || size.isNull()) {
      return new Area(absent, absent);
    }
    if (size.isNumber()) {
      int side = pixels(size, key);
      return new Area(side, side);
    }
    return new Area(pixels(size.path("width"), key), pixels(size.path("height"), key));
  }

  private static int shortestEdge(JsonNode size, int absent) {
    if (size.isMissingNode() || size.isNull()) {
      return absent;
    }
    return pixels(size.isNumber() ? size : size.path("shortest_edge"), "size");
  }

  private static int pixels(JsonNode value, String key) {
    return pixels(value.isInt() ? value.intValue() : 0, key + " " + value);
  }

  private static int pixels(int value, String shown) {
    if (value < 1 || value > LARGEST_SIDE) {
      throw refuse(shown, "1 to %d pixels".formatted(LARGEST_SIDE));
    }
    return value;
  }

  private static Refused refuse(String value, String limit) {
    return new Refused(
        Fault.PREPROCESSOR.of(
            FILE_NAME,
            value,
            limit,
            "Take the file from the model's own page, or one of a model of the same family."));
  }
}
