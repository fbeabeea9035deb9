package io.espalier.orchestrator.account;

/**
 * What bcrypt spends on each password, that of whoever guesses included.
 *
 * @param power of two, of rounds: 4 to 16
 */
public record PasswordCost(int power) {

  private static final int LEAST = 4; // bcrypt's own
  private static final int MOST = 16; // four seconds a sign-in

  /** About a quarter of a second. */
  public static final PasswordCost DEFAULT = new PasswordCost(12);

  public PasswordCost {
    if (power < LEAST || power > MOST) {
      throw new IllegalArgumentException(
          "The password cost " + power + " is not between " + LEAST + " and " + MOST);
    }
  }
}
