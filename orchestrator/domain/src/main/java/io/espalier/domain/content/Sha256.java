package io.espalier.domain.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256. In lower-case hexadecimal digits it is the name of a content, here and on the wire. */
public final class Sha256 {

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");
  private static final int BUFFER = 1 << 16;

  private Sha256() {}

  /** One to be fed piece by piece. */
  public static MessageDigest begun() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** Of a text in UTF-8. */
  public static byte[] of(String text) {
    return begun().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The name of a content. */
  public static String name(byte[] content) {
    return name(begun(), content);
  }

  /** The name of what is in {@code file}, which must not be a link. */
  public static String name(Path file) throws IOException {
    var digest = begun();
    var buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return name(digest);
  }

  /** The name of all that {@code digest} was fed; it begins anew. */
  public static String name(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The name of all that {@code digest} was fed and of this; it begins anew. */
  public static String name(MessageDigest digest, byte[] last) {
    return HexFormat.of().formatHex(digest.digest(last));
  }

  /** Whether {@code text} can name a content; whatever becomes part of a path is asked first. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
