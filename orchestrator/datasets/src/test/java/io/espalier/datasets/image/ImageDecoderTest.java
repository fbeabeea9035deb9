package io.espalier.datasets.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.espalier.datasets.Golden;
import io.espalier.domain.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

  private static ImageDecoder decoder;

  @BeforeAll
  static void start() {
    decoder = new ImageDecoder(ImageLimits.DEFAULT);
  }

  @AfterAll
  static void stop() throws IOException {
    decoder.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exact_32x32",
        "gray_64x40",
        "rgba_45x45",
        "small_20x17",
        "tall_30x77",
        "wide_96x50"
      })
  void decodesToThePixelsOfTheReference(String name) throws IOException {
    Golden.Tensors expected = new Golden.Tensors(Golden.bytes("preprocess/expected.safetensors"));

    RgbImage image = pixels("preprocess/" + name + ".png");

    assertThat(image.rgb()).isEqualTo(expected.bytes("rgb/" + name + ".png"));
  }

  @ParameterizedTest
  @CsvSource({
    "ok_rgb.png, 24, 24",
    "ok_gray.png, 24, 24",
    "ok_rgba.png, 24, 24",
    "ok_palette.png, 24, 24",
    "ok_16bit.png, 16, 16",
    "png_named.jpg, 24, 24",
    "one_pixel.png, 1, 1",
    "extreme_aspect.png, 3000, 1",
    "exif_rotated.jpg, 32, 16",
  })
  void decodesWhatIsSound(String name, int width, int height) throws IOException {
    RgbImage image = pixels("bad/image/" + name);

    assertThat(image.width()).isEqualTo(width);
    assertThat(image.height()).isEqualTo(height);
  }

  @ParameterizedTest
  @CsvSource({
    "truncated.png, image-broken",
    "truncated_header.png, image-broken",
    "bad_crc.png, image-broken",
    "zero_width.png, image-broken",
    "truncated.jpg, image-broken",
    "text_named.png, image-format",
    "empty.jpg, image-format",
    "cmyk.jpg, image-format",
    "animated.gif, image-format",
    "ok.webp, image-format",
    "huge_dimensions.png, image-too-large",
    "decompression_bomb_8000.png, image-too-large",
  })
  void refusesWhatIsNot(String name, String code) throws IOException {
    Problem problem = problem(decoder.decode(name, Golden.bytes("bad/image/" + name)));

    assertThat(problem.code()).isEqualTo(code);
    assertThat(problem.thing()).isEqualTo(name);
    assertThat(problem.limit()).isNotBlank();
    assertThat(problem.wayOut()).isNotBlank();
  }

  @Test
  void decodesLargeImageWhenTheLimitAllowsIt() throws IOException {
    ImageLimits generous = new ImageLimits(64_000_000, 8000, Duration.ofSeconds(60));
    byte[] bomb = Golden.bytes("bad/image/decompression_bomb_8000.png");

    try (ImageDecoder large = new ImageDecoder(generous)) {
      assertThat(large.decode("bomb", bomb)).isInstanceOf(Decoded.Pixels.class);
    }
  }

  @Test
  void replacesChildThatDied(@TempDir Path folder) throws IOException {
    Path diesOnce =
        childThat(folder, "[ -e died ] && exec %s \"$@\"; : > died; printf ESP1; exit 1");
    byte[] image = Golden.bytes("bad/image/ok_rgb.png");

    try (ImageDecoder shaky = new ImageDecoder(ImageLimits.DEFAULT, diesOnce.toString())) {
      Problem first = problem(shaky.decode("first", image));
      Decoded second = shaky.decode("second", image);

      assertThat(first.code()).isEqualTo("image-killed-decoder");
      assertThat(second).isInstanceOf(Decoded.Pixels.class);
    }
  }

  @Test
  void killsChildThatTakesTooLong(@TempDir Path folder) throws IOException {
    Path sleeps = childThat(folder, "printf ESP1; exec sleep 60");
    ImageLimits impatient = new ImageLimits(1000, 100, Duration.ofMillis(200));

    try (ImageDecoder slow = new ImageDecoder(impatient, sleeps.toString())) {
      Problem problem = problem(slow.decode("slow", Golden.bytes("bad/image/ok_rgb.png")));

      assertThat(problem.code()).isEqualTo("image-timeout");
      assertThat(problem.limit()).isEqualTo("at most 200 ms");
    }
  }

  @Test
  void saysSoWhenNoChildCanBeStarted(@TempDir Path folder) throws IOException {
    Path fails = childThat(folder, "exit 1");

    try (ImageDecoder never = new ImageDecoder(ImageLimits.DEFAULT, fails.toString())) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> never.decode("any", Golden.bytes("bad/image/ok_rgb.png")))
          .withMessageContaining("does not start");
    }
  }

  /** The child gets one class file: a second one would be missing at run time only. */
  @Test
  void decoderMainIsOneClass() throws IOException {
    Path classes =
        Path.of(DecoderMain.class.getProtectionDomain().getCodeSource().getLocation().getPath());

    try (var files = Files.walk(classes)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.startsWith("DecoderMain"))
          .containsExactly("DecoderMain.class");
    }
  }

  /** A program in place of the JDK's; {@code %s} is the JDK's. */
  private static Path childThat(Path folder, String script) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path file = folder.resolve("java");
    String text = "#!/bin/sh\ncd %s\n%s\n".formatted(folder, script.replace("%s", java));
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static RgbImage pixels(String name) throws IOException {
    Decoded decoded = decoder.decode(name, Golden.bytes(name));
    assertThat(decoded).isInstanceOf(Decoded.Pixels.class);
    return ((Decoded.Pixels) decoded).image();
  }

  private static Problem problem(Decoded decoded) {
    assertThat(decoded).isInstanceOf(Decoded.Broken.class);
    return ((Decoded.Broken) decoded).problem();
  }
}
