package io.espalier.trainer.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive around methods of one class without parameters: a zip of five stored files.
 */
final class TorchArchive {

  /** Pickle protocol 2: an instance of {@code __torch__.K} with {@code training = True}. */
  private static final String INSTANCE =
      "\u0080\2c__torch__\nK\nq\0)\u0081}(X\u0008\0\0\0trainingq\1\u0088ubq\2.";

  /** Pickle protocol 2: the empty tuple. */
  private static final String NO_CONSTANTS = "\u0080\2).";

  private TorchArchive() {}

  static byte[] of(String methods) throws IOException {
    var code =
        "class K(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
            + methods;
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      put(zip, "data.pkl", INSTANCE.getBytes(StandardCharsets.ISO_8859_1));
      put(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      put(zip, "constants.pkl", NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
      put(zip, "version", "10\n".getBytes(StandardCharsets.UTF_8));
      put(zip, "byteorder", "little".getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var checksum = new CRC32();
    checksum.update(content);
    var entry = new ZipEntry("k/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
