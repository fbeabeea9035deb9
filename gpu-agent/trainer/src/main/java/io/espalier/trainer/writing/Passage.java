package io.espalier.trainer.writing;

import java.util.Arrays;
import java.util.BitSet;

/** Tokens to learn from, and which of them a model has to tell. */
final class Passage {

  private final int[] ids;
  private final BitSet told;

  /** {@code told}: places of the tokens that count; the first token is never told. */
  Passage(int[] ids, BitSet told) {
    this.ids = ids;
    this.told = told;
    told.clear(0);
  }

  /** All of it counts. */
  static Passage whole(int[] ids) {
    var told = new BitSet();
    told.set(0, ids.length);
    return new Passage(ids, told);
  }

  int length() {
    return ids.length;
  }

  int id(int place) {
    return ids[place];
  }

  boolean isTold(int place) {
    return told.get(place);
  }

  int toldTokens() {
    return told.cardinality();
  }

  /** What comes before the last run of told tokens. */
  int[] prompt() {
    return Arrays.copyOf(ids, lastRun());
  }

  /** The last run of told tokens. */
  int[] answer() {
    int from = lastRun();
    int to = told.isEmpty() ? from : told.length();
    return Arrays.copyOfRange(ids, from, to);
  }

  private int lastRun() {
    return told.isEmpty() ? ids.length : told.previousClearBit(told.length() - 1) + 1;
  }

  /** Its beginning. */
  Passage cut(int length) {
    if (length >= ids.length) return this;
    var kept = (BitSet) told.clone();
    kept.clear(length, Math.max(length, ids.length));
    return new Passage(Arrays.copyOf(ids, length), kept);
  }
}
