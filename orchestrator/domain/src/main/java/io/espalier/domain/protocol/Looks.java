package io.espalier.domain.protocol;

/**
 * How often a training looks up from its steps.
 *
 * @param evalSteps steps between two looks at the validation split
 * @param saveSteps steps between two checkpoints
 * @param patience looks in a row that find nothing better, after which it stops; 0 for never
 */
public record Looks(int evalSteps, int saveSteps, int patience) {

  private static final int TIMES = 12;

  /** Twelve of each over the whole run. */
  public static Looks twelveTimes(int maxSteps) {
    int every = Math.max(1, Math.ceilDiv(maxSteps, TIMES));
    return new Looks(every, every, 0);
  }
}
