package io.espalier.orchestrator.agent;

import io.espalier.domain.content.Sha256;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Random secrets of 256 bits. They are hashed once, without salt or stretching: there is nothing to
 * guess.
 */
final class Secrets {

  private static final SecureRandom RANDOM = new SecureRandom();

  static String next(String prefix) {
    var bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] hash(String secret) {
    return Sha256.of(secret);
  }

  private Secrets() {}
}
