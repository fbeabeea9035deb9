package io.espalier.datasets.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.zip.CRC32;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * The child process that decodes images. It is started with this one class on its class path, so it
 * may use nothing but the JDK, and no class of its own (no enum switch, no nested class).
 *
 * <p>Standard input carries frames: length (int), then the bytes of an image. Each is answered on
 * standard output: 1, width, height and the RGB bytes, or 0 and a message. It ends at the end of
 * its input. Pixels are taken as they are stored: no colour profile, no orientation tag, alpha
 * dropped, 16 bits cut to 8, as Pillow's {@code convert("RGB")} does.
 */
final class DecoderMain {

  private static final int READY = 0x45535031;
  private static final int PNG_SIGNATURE = 8;

  private DecoderMain() {}

  /**
   * @param args the most pixels to decode
   */
  public static void main(String[] args) throws IOException {
    long mostPixels = Long.parseLong(args[0]);
    ImageIO.setUseCache(false);
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16))) {
      out.writeInt(READY);
      out.flush();
      while (true) {
        byte[] content;
        try {
          content = new byte[in.readInt()];
        } catch (EOFException finished) {
          return;
        }
        in.readFully(content);
        answer(content, mostPixels, out);
        out.flush();
      }
    }
  }

  /** Decoders throw whatever they like on damaged input: every exception is the image's fault. */
  private static void answer(byte[] content, long mostPixels, DataOutputStream out)
      throws IOException {
    BufferedImage image;
    try {
      image = decode(content, mostPixels);
    } catch (IOException | RuntimeException e) {
      out.writeByte(0);
      out.writeUTF(e instanceof IIOException ? String.valueOf(e.getMessage()) : e.toString());
      return;
    }
    out.writeByte(1);
    out.writeInt(image.getWidth());
    out.writeInt(image.getHeight());
    writeRgb(image, out);
  }

  private static BufferedImage decode(byte[] content, long mostPixels) throws IOException {
    boolean png = content.length > 1 && content[1] == 'P';
    if (png) {
      checkPng(content);
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(png ? "png" : "jpeg");
    ImageReader reader = readers.next();
    try (ImageInputStream input =
        ImageIO.createImageInputStream(new ByteArrayInputStream(content))) {
      reader.setInput(input, true, true);
      String[] warning = new String[1];
      reader.addIIOReadWarningListener((source, text) -> warning[0] = text);
      if ((long) reader.getWidth(0) * reader.getHeight(0) > mostPixels) {
        throw new IIOException("more than " + mostPixels + " pixels");
      }
      BufferedImage image = reader.read(0);
      if (warning[0] != null) {
        throw new IIOException(warning[0]);
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  /** The JDK's reader ignores checksums and a missing end: a flipped byte would pass as pixels. */
  private static void checkPng(byte[] content) throws IIOException {
    int at = PNG_SIGNATURE;
    while (at <= content.length - 12) {
      int length = int32(content, at);
      if (length < 0 || length > content.length - at - 12) {
        throw new IIOException("the PNG is cut off");
      }
      CRC32 crc = new CRC32();
      crc.update(content, at + 4, length + 4);
      if ((int) crc.getValue() != int32(content, at + 8 + length)) {
        throw new IIOException("a checksum of the PNG is wrong");
      }
      if (new String(content, at + 4, 4, StandardCharsets.ISO_8859_1).equals("IEND")) {
        return;
      }
      at += 12 + length;
    }
    throw new IIOException("the PNG is cut off");
  }

  private static int int32(byte[] content, int at) {
    return ByteBuffer.wrap(content, at, Integer.BYTES).getInt();
  }

  private static void writeRgb(BufferedImage image, DataOutputStream out) throws IOException {
    Raster raster = image.getRaster();
    ColorModel colors = image.getColorModel();
    IndexColorModel palette = colors instanceof IndexColorModel index ? index : null;
    int bands = raster.getNumBands();
    int shift = palette == null ? Math.max(0, colors.getComponentSize(0) - 8) : 0;
    int green = bands >= 3 ? 1 : 0;
    int blue = bands >= 3 ? 2 : 0;
    int width = image.getWidth();
    int[] samples = new int[width * bands];
    byte[] row = new byte[width * 3];
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
      for (int x = 0; x < width; x++) {
        if (palette != null) {
          int argb = palette.getRGB(samples[x]);
          row[3 * x] = (byte) (argb >> 16);
          row[3 * x + 1] = (byte) (argb >> 8);
          row[3 * x + 2] = (byte) argb;
        } else {
          row[3 * x] = (byte) (samples[x * bands] >> shift);
          row[3 * x + 1] = (byte) (samples[x * bands + green] >> shift);
          row[3 * x + 2] = (byte) (samples[x * bands + blue] >> shift);
        }
      }
      out.write(row);
    }
  }
}
