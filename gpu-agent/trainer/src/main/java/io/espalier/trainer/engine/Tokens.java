package io.espalier.trainer.engine;

/** A text, or a pair of texts, as the numbers that a model reads. */
public final class Tokens {

  private final int[] ids;
  private final int[] kinds;

  /**
   * @param kinds 0 for tokens of the first text, 1 for those of the second
   */
  Tokens(int[] ids, int[] kinds) {
    this.ids = ids;
    this.kinds = kinds;
  }

  public int length() {
    return ids.length;
  }

  public int[] ids() {
    return ids.clone();
  }

  public int id(int place) {
    return ids[place];
  }

  public int kind(int place) {
    return kinds[place];
  }
}
