package io.espalier.trainer.starter;

import io.espalier.datasets.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Writes the demo's data set, an image folder in a zip, the same on every machine. */
public final class DrawDemo {

  private static final int SIDE = 48;
  private static final LocalDateTime DATE = LocalDateTime.of(2026, 1, 1, 0, 0);
  private static final String README =
      """
      Pictograms drawn by Espalier for its demo; public domain.
      The starter model has not seen them: it is pre-trained on other classes in another style.
      """;

  private DrawDemo() {}

  /**
   * Draws {@code train} and {@code test} pictures of each class into {@code zip}.
   *
   * @throws IOException when the file cannot be written
   */
  public static void to(Path zip, int train, int test) throws IOException {
    DemoImages images = new DemoImages();
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      put(out, "README.txt", README.getBytes(StandardCharsets.UTF_8));
      List<String> classes = images.classes();
      for (int label = 0; label < classes.size(); label++) {
        for (int i = 0; i < train + test; i++) {
          String name =
              "%s/%s/%03d.png".formatted(i < train ? "train" : "test", classes.get(label), i);
          put(out, name, png(images.draw(label, i, SIDE)));
        }
      }
    }
  }

  private static void put(ZipOutputStream out, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(DATE);
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }

  private static byte[] png(RgbImage image) throws IOException {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int rgb = (image.at(x, y, 0) << 16) | (image.at(x, y, 1) << 8) | image.at(x, y, 2);
        buffered.setRGB(x, y, rgb);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(buffered, "png", bytes);
    return bytes.toByteArray();
  }
}
