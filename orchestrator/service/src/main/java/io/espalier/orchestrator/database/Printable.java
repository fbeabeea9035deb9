package io.espalier.orchestrator.database;

import java.util.regex.Pattern;

/**
 * Text from trainers and agents is hostile: what a terminal or a page would obey is taken out
 * before it is stored. What is left is still to be escaped wherever it is shown.
 */
public final class Printable {

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\t\\n]]");

  private static final Pattern CONTROL_OR_FORMAT = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\\t]]");

  /** A value of several lines; PostgreSQL would refuse its NUL characters. */
  public static String text(String text) {
    return CONTROL.matcher(text).replaceAll("");
  }

  /** One line, without invisible characters that turn the direction of writing, cut to a length. */
  public static String line(String text, int most) {
    var line = CONTROL_OR_FORMAT.matcher(text).replaceAll("");
    return line.length() <= most ? line : line.substring(0, most);
  }

  private Printable() {}
}
