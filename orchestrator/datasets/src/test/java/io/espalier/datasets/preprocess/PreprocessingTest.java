package io.espalier.datasets.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.espalier.datasets.Golden;
import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.datasets.preprocess.ImagePreprocessing.Target;
import io.espalier.domain.problem.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PreprocessingTest {

  private static final List<String> IMAGES =
      List.of("exact_32x32", "gray_64x40", "rgba_45x45", "small_20x17", "tall_30x77", "wide_96x50");

  static Stream<Arguments> familiesAndImages() {
    return Stream.of("vit", "clip", "resnet")
        .flatMap(family -> IMAGES.stream().map(image -> Arguments.of(family, image + ".png")));
  }

  /** Fixed point makes the 8-bit pixels equal, so only float rounding is left. */
  @ParameterizedTest
  @MethodSource("familiesAndImages")
  void givesThePixelValuesOfTheReference(String family, String image) throws IOException {
    Golden.Tensors golden = new Golden.Tensors(Golden.bytes("preprocess/expected.safetensors"));
    ImagePreprocessing processor =
        PreprocessorConfig.read(Golden.bytes("preprocess/" + family + ".preprocessor_config.json"));
    float[] expected = golden.floats(family + "/" + image);

    float[] actual = processor.tensor(rgb(golden, image));

    assertThat(actual).hasSameSizeAs(expected);
    float worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst).isLessThan(1e-6f);
  }

  private static RgbImage rgb(Golden.Tensors golden, String image) throws IOException {
    var png = ImageIO.read(new ByteArrayInputStream(Golden.bytes("preprocess/" + image)));
    return new RgbImage(png.getWidth(), png.getHeight(), golden.bytes("rgb/" + image));
  }

  @Test
  void oldFilesGiveOneNumberForTheSize() {
    ImagePreprocessing processor =
        read("{'feature_extractor_type': 'ViTFeatureExtractor', 'size': 48}");

    assertThat(processor.resize())
        .contains(new Target.Exactly(new Area(48, 48), Resample.BILINEAR));
    assertThat(processor.output()).contains(new Area(48, 48));
    assertThat(processor.normalise(0, 255)).isEqualTo(1f, within(1e-6f));
  }

  @Test
  void stepsThatAreSwitchedOffAreLeftOut() {
    ImagePreprocessing processor =
        read(
            "{'image_processor_type': 'ViTImageProcessorFast', 'do_resize': false,"
                + " 'do_rescale': false, 'do_normalize': false}");

    assertThat(processor.resize()).isEmpty();
    assertThat(processor.output()).isEmpty();
    assertThat(processor.normalise(2, 77)).isEqualTo(77f);
  }

  @Test
  void smallImageIsPaddedBlackByTheCrop() {
    ImagePreprocessing processor =
        read(
            "{'image_processor_type': 'CLIPImageProcessor', 'do_resize': false,"
                + " 'crop_size': {'height': 3, 'width': 4}}");
    byte[] white = {-1, -1, -1};

    RgbImage cropped = processor.spatial(new RgbImage(1, 1, white));

    assertThat(cropped.at(2, 1, 0)).isEqualTo(255);
    assertThat(
            cropped.at(1, 1, 0) + cropped.at(3, 1, 0) + cropped.at(2, 0, 0) + cropped.at(2, 2, 0))
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'image_processor_type': 'SamImageProcessor'} | SamImageProcessor",
        "{} | absent",
        "[1] | no JSON object",
        "{'image_processor_type': 'ViTImageProcessor', 'size': -1} | size -1",
        "{'image_processor_type': 'ViTImageProcessor', 'size': {'height': 100000, 'width': 1}} | 100000",
        "{'image_processor_type': 'ViTImageProcessor', 'image_std': [0.5, 0, 0.5]} | 0.0",
        "{'image_processor_type': 'ViTImageProcessor', 'image_mean': [0.5]} | [0.5]",
        "{'image_processor_type': 'ViTImageProcessor', 'resample': 9} | resample 9",
        "{'image_processor_type': 'ViTImageProcessor', 'do_resize': 'yes'} | yes",
        "{'size': 1, 'size': 2} | not valid JSON",
      })
  void refusesFilesItCannotFollow(String json, String found) {
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> read(json))
        .withMessageContaining(found)
        .matches(refused -> refused.problem().code().equals("preprocessor"));
  }

  private static ImagePreprocessing read(String json) {
    return PreprocessorConfig.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
