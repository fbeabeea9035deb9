package io.espalier.web;

import io.espalier.models.family.Families;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Small but real inputs, made on the spot. */
public final class Samples {

  private static final String CONFIG =
      """
      {"model_type": "vit", "architectures": ["ViTForImageClassification"], "image_size": 8,
       "patch_size": 4, "num_channels": 3, "hidden_size": 16, "num_hidden_layers": 2,
       "num_attention_heads": 2, "intermediate_size": 32}
      """;

  private Samples() {}

  /** Twenty small pictures of each class. */
  public static byte[] images(String... classes) {
    return zip(zip -> {
      for (var label : classes) {
        for (int i = 0; i < 20; i++) {
          zip.putNextEntry(new ZipEntry(label + "/" + i + ".png"));
          zip.write(picture(label.hashCode() * 31 + i));
          zip.closeEntry();
        }
      }
    });
  }

  /** Forty short mails, half of them spam, as a table. */
  public static byte[] texts() {
    var csv = new StringBuilder("message,kind\n");
    for (int i = 0; i < 40; i++) {
      csv.append(
          i % 2 == 0
              ? "\"Dear all, the meeting of week %d is moved to noon\",ham\n".formatted(i)
              : "You have won prize number %d answer now to get it,spam\n".formatted(i));
    }
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A tiny ViT with weights of zero, zipped. */
  public static byte[] model() {
    return zip(zip -> {
      for (var file : modelFiles().entrySet()) put(zip, file.getKey(), file.getValue());
    });
  }

  /** The same, file by file. */
  public static Map<String, byte[]> modelFiles() {
    try {
      return Map.of(
          "config.json",
          CONFIG.getBytes(StandardCharsets.UTF_8),
          "README.md",
          "# Tiny\n".getBytes(StandardCharsets.UTF_8),
          "model.safetensors",
          weights());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Filling {
    void into(ZipOutputStream zip) throws IOException;
  }

  private static byte[] zip(Filling filling) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      filling.into(zip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] weights() throws IOException {
    var folder = Files.createTempDirectory("espalier-tiny");
    var config = Files.writeString(folder.resolve("config.json"), CONFIG);
    var file = folder.resolve("model.safetensors");
    var tensors = new TreeMap<String, Tensor>();
    var family = Families.of(ModelConfig.read(config));
    for (var parameter : family.graph(TrainingPlan.nothing(), Mode.EVAL).parameters()) {
      var shape = parameter.shape().dimensions().stream().mapToLong(Size::constant).toArray();
      var values = new float[Math.toIntExact(parameter.elements())];
      tensors.put(parameter.name(), Tensor.of(values, shape));
    }
    SafetensorsWriter.write(file, Map.copyOf(tensors));
    var bytes = Files.readAllBytes(file);
    for (Path used : new Path[] {config, file, folder}) Files.delete(used);
    return bytes;
  }

  private static byte[] picture(int seed) throws IOException {
    var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) image.setRGB(x, y, seed * 7919 + x * 641 + y * 104_729);
    }
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
