package io.espalier.datasets.image;

import io.espalier.datasets.Fault;
import io.espalier.domain.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an image says of itself in its first bytes; nothing is decoded to learn it.
 *
 * @param format told by the bytes
 */
public record ImageHeader(ImageFormat format, int width, int height) {

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};

  /** A header, or why there is none. */
  public sealed interface Sniffed {
    /** An image of an accepted format, within the limits. */
    record Image(ImageHeader header) implements Sniffed {}

    /** No image that can be accepted. */
    record NotAccepted(Problem problem) implements Sniffed {}
  }

  /** Whether the bytes begin like an accepted image; says nothing about the rest. */
  public static boolean looksLikeImage(byte[] content) {
    return startsWith(content, PNG) || startsWith(content, JPEG);
  }

  /**
   * Reads the header of {@code content}.
   *
   * @param thing how a refusal names the image
   */
  public static Sniffed sniff(String thing, byte[] content, ImageLimits limits) {
    if (startsWith(content, PNG)) {
      return png(thing, content, limits);
    }
    if (startsWith(content, JPEG)) {
      return jpeg(thing, content, limits);
    }
    return refuse(
        Fault.IMAGE_FORMAT, thing, guess(content), "PNG or JPEG", "Convert it and pack again.");
  }

  private static Sniffed png(String thing, byte[] content, ImageLimits limits) {
    boolean header =
        content.length >= 33
            && int32(content, 8) == 13
            && new String(content, 12, 4, StandardCharsets.ISO_8859_1).equals("IHDR");
    if (!header) {
      return broken(thing, "a PNG whose header is cut off");
    }
    return measured(thing, ImageFormat.PNG, int32(content, 16), int32(content, 20), limits);
  }

  /** Walks the segments to the start of frame, ISO/IEC 10918-1, B.1.1 and B.2.2. */
  private static Sniffed jpeg(String thing, byte[] content, ImageLimits limits) {
    int at = 2;
    while (at + 4 <= content.length) {
      if (content[at] != (byte) 0xFF) {
        return broken(thing, "a JPEG with bytes between its segments");
      }
      int marker = content[at + 1] & 0xFF;
      if (marker == 0xFF) {
        at++;
        continue;
      }
      int length = int16(content, at + 2);
      if (isStartOfFrame(marker)) {
        if (at + 10 > content.length) {
          break;
        }
        int components = content[at + 9] & 0xFF;
        if (components != 1 && components != 3) {
          return refuse(
              Fault.IMAGE_FORMAT,
              thing,
              "a JPEG with %d colour channels (CMYK)".formatted(components),
              "grey or RGB",
              "Convert it to RGB and pack again.");
        }
        return measured(
            thing, ImageFormat.JPEG, int16(content, at + 7), int16(content, at + 5), limits);
      }
      at += 2 + length;
    }
    return broken(thing, "a JPEG without a frame");
  }

  private static boolean isStartOfFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static Sniffed measured(
      String thing, ImageFormat format, int width, int height, ImageLimits limits) {
    if (width < 1 || height < 1) {
      return broken(thing, "a width of %d and a height of %d".formatted(width, height));
    }
    if (width > limits.side() || height > limits.side()) {
      return tooLarge(thing, width, height, "at most %,d a side".formatted(limits.side()));
    }
    if ((long) width * height > limits.pixels()) {
      return tooLarge(thing, width, height, "at most %,d pixels".formatted(limits.pixels()));
    }
    return new Sniffed.Image(new ImageHeader(format, width, height));
  }

  private static Sniffed tooLarge(String thing, int width, int height, String limit) {
    return refuse(
        Fault.IMAGE_TOO_LARGE,
        thing,
        "%,d × %,d pixels".formatted(width, height),
        limit,
        "Scale it down; models see far fewer pixels.");
  }

  private static Sniffed broken(String thing, String value) {
    return refuse(Fault.IMAGE_BROKEN, thing, value, "a whole image", "Export it again.");
  }

  private static Sniffed refuse(
      Fault fault, String thing, String value, String limit, String wayOut) {
    return new Sniffed.NotAccepted(fault.of(thing, value, limit, wayOut));
  }

  private static String guess(byte[] content) {
    if (content.length == 0) {
      return "an empty file";
    }
    String start =
        new String(content, 0, Math.min(12, content.length), StandardCharsets.ISO_8859_1);
    if (start.startsWith("GIF8")) {
      return "a GIF";
    }
    if (start.startsWith("RIFF") && start.endsWith("WEBP")) {
      return "a WebP image";
    }
    if (start.startsWith("BM")) {
      return "a BMP image";
    }
    if (start.startsWith("II*") || start.startsWith("MM\0*")) {
      return "a TIFF image";
    }
    if (start.startsWith("PK")) {
      return "an archive";
    }
    return "neither PNG nor JPEG by its bytes";
  }

  private static boolean startsWith(byte[] content, byte[] prefix) {
    return content.length >= prefix.length
        && Arrays.equals(content, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static int int16(byte[] content, int at) {
    return Short.toUnsignedInt(ByteBuffer.wrap(content, at, Short.BYTES).getShort());
  }

  private static int int32(byte[] content, int at) {
    return ByteBuffer.wrap(content, at, Integer.BYTES).getInt();
  }
}
