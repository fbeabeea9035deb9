package io.espalier.orchestrator.account;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Random secrets and the hash under which they are stored. They have so many bits that a slow hash
 * would add nothing.
 */
final class Secrets {

  // No letters or digits that look alike.
  private static final String LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789";

  private final SecureRandom random = new SecureRandom();

  /** 256 bits, in characters that a URL may carry. */
  String secret() {
    var bytes = new byte[32];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Letters and digits that a person can read out and type. */
  String legible(int length) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) text.append(LEGIBLE.charAt(random.nextInt(LEGIBLE.length())));
    return text.toString();
  }

  static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }
}
