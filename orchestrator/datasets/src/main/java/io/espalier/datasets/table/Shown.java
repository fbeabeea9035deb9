package io.espalier.datasets.table;

/** Values of a hostile table inside our sentences: short, and without control characters. */
final class Shown {

  private static final int MOST = 80;

  private Shown() {}

  static String brief(String value) {
    return cut(value, MOST);
  }

  /** At most {@code most} characters, never half of a surrogate pair. */
  static String cut(String value, int most) {
    String plain = value.length() <= most ? value : value.substring(0, whole(value, most)) + "…";
    return plain.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
  }

  private static int whole(String value, int most) {
    return Character.isHighSurrogate(value.charAt(most - 1)) ? most - 1 : most;
  }
}
