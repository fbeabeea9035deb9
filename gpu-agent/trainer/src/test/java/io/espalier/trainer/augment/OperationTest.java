package io.espalier.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.datasets.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OperationTest {

  private static JsonNode stored() throws IOException {
    return new JsonMapper()
        .readTree(Files.readAllBytes(Path.of("src/test/resources/augment/cases.json")));
  }

  private static RgbImage image() throws IOException {
    var json = stored();
    return new RgbImage(
        json.get("width").asInt(), json.get("height").asInt(), bytes(json.get("image")));
  }

  private static byte[] bytes(JsonNode hex) {
    return HexFormat.of().parseHex(hex.asString());
  }

  @TestFactory
  Stream<DynamicTest> makesOfAnImageWhatPillowMakes() throws IOException {
    var image = image();
    return stored().get("cases").properties().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () -> {
                  var words = entry.getKey().split(" ", -1);
                  var made = made(words[0], Double.parseDouble(words[1]), image);
                  assertThat(made.rgb()).isEqualTo(bytes(entry.getValue()));
                }));
  }

  private static RgbImage made(String operation, double value, RgbImage image) {
    return switch (operation) {
      case "brightness" -> Tones.brightness(image, value);
      case "colour" -> Tones.colour(image, value);
      case "contrast" -> Tones.contrast(image, value);
      case "sharpness" -> Tones.sharpness(image, value);
      case "posterize" -> Tones.posterize(image, (int) value);
      case "solarize" -> Tones.solarize(image, value);
      case "autocontrast" -> Tones.autocontrast(image);
      case "equalize" -> Tones.equalize(image);
      case "shearX" -> Placing.shearX(value).of(image);
      case "shearY" -> Placing.shearY(value).of(image);
      case "shiftX" -> Placing.shifted(value, 0).of(image);
      case "shiftY" -> Placing.shifted(0, value).of(image);
      case "rotate" -> Placing.rotated(value, image.width(), image.height()).of(image);
      default -> throw new AssertionError(operation);
    };
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"AUTOCONTRAST", "EQUALIZE"})
  void doesNothingAtLevelZero(Operation operation) throws IOException {
    var image = image();
    assertThat(operation.of(image, 0).rgb()).isEqualTo(image.rgb());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void changesAnImageAtFullLevel(Operation operation) throws IOException {
    var image = image();
    assertThat(operation.of(image, 1).rgb()).isNotEqualTo(image.rgb());
  }

  @Test
  void theSameChanceMakesTheSameImageOfTheSameSize() throws IOException {
    var image = image();
    var recipe = new Recipe(0.25, true, 2, 9);
    var first = recipe.of(image, new SplittableRandom(3));
    assertThat(recipe.of(image, new SplittableRandom(3)).rgb()).isEqualTo(first.rgb());
    assertThat(recipe.of(image, new SplittableRandom(4)).rgb()).isNotEqualTo(first.rgb());
    assertThat(first.width()).isEqualTo(image.width());
    assertThat(first.height()).isEqualTo(image.height());
  }

  @Test
  void aRecipeOfNothingLeavesImagesAsTheyAre() throws IOException {
    var image = image();
    var nothing = new Recipe(1, false, 0, 0);
    assertThat(nothing.of(image, new SplittableRandom(1)).rgb()).isEqualTo(image.rgb());
  }

  @Test
  void sharesOfAMixtureAreThoseOfItsPixels() {
    var random = new SplittableRandom(8);
    double sum = 0;
    for (int round = 0; round < 400; round++) {
      var cut = Mixing.drawn(0, 1, 16, 12, random);
      var pixels = new float[3 * 16 * 12];
      var other = new float[pixels.length];
      java.util.Arrays.fill(other, 1);
      cut.into(pixels, 0, other, 16);
      double seen = 0;
      for (float pixel : pixels) seen += pixel;
      assertThat(1 - seen / pixels.length)
          .isCloseTo(cut.own(), org.assertj.core.data.Offset.offset(1e-6));
      var mixed = Mixing.drawn(0.2, 0, 16, 12, random);
      assertThat(mixed.window()).isEmpty();
      assertThat(mixed.own()).isBetween(0.0, 1.0);
      sum += mixed.own();
    }
    assertThat(sum / 400).as("the mean of Beta(a, a)").isBetween(0.42, 0.58);
  }
}
