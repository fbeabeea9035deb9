package io.espalier.datasets.table;

/**
 * A value in a row.
 *
 * @param content as it is to be read, or shown
 */
record Cell(Kind kind, String content) {

  enum Kind {
    TEXT("a text"),
    /** JSON's numbers, true and false. */
    SCALAR("a number or truth value"),
    NULL("null"),
    NESTED("an object or array");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  static Cell text(String content) {
    return new Cell(Kind.TEXT, content);
  }
}
