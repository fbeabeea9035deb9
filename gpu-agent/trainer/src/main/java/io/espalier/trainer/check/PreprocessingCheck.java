package io.espalier.trainer.check;

import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.ImageDecoder;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.image.RgbImage;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares how images become pixel values with what the reference stored, in grey levels. */
final class PreprocessingCheck {

  private static final String EXPECTED = "expected.safetensors";
  private static final String DECODED = "rgb";

  private PreprocessingCheck() {}

  static boolean isCase(Path folder) throws IOException {
    var description = folder.resolve("case.json");
    return Files.exists(description)
        && Files.exists(folder.resolve(EXPECTED))
        && StrictJson.object(description).has("configs");
  }

  static List<Report> run(Path folder) throws IOException {
    var report = new Report(folder.toAbsolutePath().normalize().getFileName().toString());
    var images = new TreeMap<String, RgbImage>();
    try (var arena = Arena.ofConfined();
        var decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      var expected = Safetensors.open(folder.resolve(EXPECTED), arena);
      for (var key : expected.names()) {
        var family = key.substring(0, key.indexOf('/'));
        var image = decoded(images, folder.resolve(key.substring(key.indexOf('/') + 1)), decoder);
        compare(report, key, family, image, folder, expected.tensor(key));
      }
    }
    return List.of(report);
  }

  private static void compare(
      Report report, String key, String family, RgbImage image, Path folder, Tensor reference)
      throws IOException {
    if (family.equals(DECODED)) {
      report.add(DECODED, Quantity.TOKENS, key, levels(image.rgb(), reference));
      return;
    }
    var file = folder.resolveSibling(family).resolve(PreprocessorConfig.FILE_NAME);
    var preprocessing = PreprocessorConfig.read(Files.readAllBytes(file));
    report.add(family, Quantity.PIXELS, key, levels(preprocessing, image, reference.floats()));
  }

  private static double levels(byte[] actual, Tensor reference) {
    var wanted = reference.bytes();
    double largest = actual.length == wanted.byteSize() ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; largest < 256 && i < actual.length; i++) {
      int there = wanted.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      largest = Math.max(largest, Math.abs((actual[i] & 0xFF) - there));
    }
    return largest;
  }

  /** In steps of an 8-bit pixel, of which each channel's normalisation makes another length. */
  private static double levels(ImagePreprocessing by, RgbImage image, float[] reference) {
    var actual = by.tensor(image);
    if (actual.length != reference.length) return Double.POSITIVE_INFINITY;
    double largest = 0;
    int area = actual.length / 3;
    for (int channel = 0; channel < 3; channel++) {
      double level = Math.abs(by.normalise(channel, 1) - by.normalise(channel, 0));
      for (int i = channel * area; i < (channel + 1) * area; i++)
        largest = Math.max(largest, Math.abs((double) actual[i] - reference[i]) / level);
    }
    // What rounding to 32 bits adds to one whole level is no difference.
    return largest - 1 < 1e-3 ? Math.min(largest, 1) : largest;
  }

  private static RgbImage decoded(Map<String, RgbImage> known, Path file, ImageDecoder decoder)
      throws IOException {
    var name = file.getFileName().toString();
    var before = known.get(name);
    if (before != null) return before;
    var image =
        switch (decoder.decode(name, Files.readAllBytes(file))) {
          case Decoded.Pixels(var pixels) -> pixels;
          case Decoded.Broken(var problem) -> throw new IOException(problem.sentence());
        };
    known.put(name, image);
    return image;
  }
}
