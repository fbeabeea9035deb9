package io.espalier.orchestrator.account;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.Locale;

/**
 * What is needed to create a user.
 *
 * @param login lower-cased; letters, digits and {@code . _ - @}
 * @param name for people to read
 */
public record NewUser(String login, String name, String password) {

  private static final int LONGEST = 100;

  public NewUser {
    login = login.strip().toLowerCase(Locale.ROOT);
    name = name.strip();
    if (!login.matches("[\\p{Ll}\\p{Lo}\\p{Nd}._@-]{1," + LONGEST + "}")) {
      throw new Refused(
          Problem.of(
                  "login-form",
                  Category.INVALID,
                  "login",
                  "A login is made of letters, digits and . _ - @.",
                  "Choose another one.")
              .found(login)
              .allowed("1 to " + LONGEST + " characters"));
    }
    if (name.isEmpty() || name.length() > LONGEST) {
      throw new Refused(
          Problem.of(
                  "name-length",
                  Category.INVALID,
                  "name",
                  "The name is empty or too long.",
                  "Enter the name that others should see.")
              .found(name.length() + " characters")
              .allowed("1 to " + LONGEST + " characters"));
    }
  }

  @Override
  public String toString() {
    return login;
  }
}
