package io.espalier.orchestrator.account;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Which passwords are accepted, and how they are stored: long ones, under bcrypt. */
final class PasswordRules {

  private static final int SHORTEST = 15; // NIST SP 800-63B-4 for passwords without a second factor
  private static final int LONGEST_BYTES = 72; // bcrypt ignores what follows

  private final PasswordEncoder encoder;

  // Compared with when there is no such user, so that both answers take as long.
  private final String nobodysHash;

  PasswordRules(PasswordCost cost) {
    encoder = new BCryptPasswordEncoder(cost.power());
    nobodysHash = encode("nobody has this password");
  }

  String encode(String password) {
    var hash = encoder.encode(password);
    if (hash == null) throw new IllegalArgumentException("A password is needed");
    return hash;
  }

  boolean matches(String password, String hash) {
    return isShortEnough(password) && encoder.matches(password, hash);
  }

  void pretendToMatch(String password) {
    matches(password, nobodysHash);
  }

  void require(String login, String password) {
    int length = password.codePointCount(0, password.length());
    if (length < SHORTEST || !isShortEnough(password)) {
      throw new Refused(
          Problem.of(
                  "password-length",
                  Category.INVALID,
                  "password",
                  "The password is too short or too long.",
                  "Take a sentence of a few words.")
              .found(length + " characters")
              .allowed(
                  "at least " + SHORTEST + " characters, at most " + LONGEST_BYTES + " bytes"));
    }
    var lower = password.toLowerCase(Locale.ROOT);
    boolean monotonous = password.chars().distinct().count() < 5;
    boolean repeatsLogin = lower.contains(login) && login.length() * 2 > password.length();
    if (monotonous || repeatsLogin) {
      throw new Refused(
          Problem.of(
              "password-guessable",
              Category.INVALID,
              "password",
              "The password repeats a few characters or the login.",
              "Take a sentence of a few words."));
    }
  }

  private static boolean isShortEnough(String password) {
    return password.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
  }
}
