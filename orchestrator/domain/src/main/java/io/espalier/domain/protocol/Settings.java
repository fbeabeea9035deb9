package io.espalier.domain.protocol;

/**
 * What a training run is told, by what each part is about; names are those of Hugging Face's
 * arguments where it has one. A part has defaults, so that most callers name what they care for
 * only: {@code Settings.of(Schedule.linear(1e-3, 10, 100), 32, 1).with(new Looks(10, 10, 0))}.
 *
 * @param schedule how fast it learns, and for how long
 * @param batching how many samples a step sees, and how many at once
 * @param optimizer what becomes of gradients
 * @param reach what of the model trains, how fast, and from where
 * @param regularisation what keeps it from learning samples by heart
 * @param numerics in which numbers it computes, and what it keeps of them
 * @param looks how often it validates and saves, and when it gives up
 * @param seed of the head's initial weights, the order of samples, dropout and augmentation
 */
public record Settings(
    Schedule schedule,
    Batching batching,
    Optimization optimizer,
    Reach reach,
    Regularisation regularisation,
    Numerics numerics,
    Looks looks,
    long seed) {

  /**
   * AdamW at one rate for all, the gradient clipped at 1, images moved and mirrored where that is
   * harmless, numbers as the device likes them; a look and a checkpoint a twelfth of the way apart.
   */
  public static Settings of(Schedule schedule, int batchSize, long seed) {
    return new Settings(
        schedule,
        Batching.of(batchSize),
        Optimization.ADAMW,
        Reach.DEFAULT,
        Regularisation.DEFAULT,
        Numerics.AUTO,
        Looks.twelveTimes(schedule.maxSteps()),
        seed);
  }

  public Settings with(Schedule other) {
    return new Settings(other, batching, optimizer, reach, regularisation, numerics, looks, seed);
  }

  public Settings with(Batching other) {
    return new Settings(schedule, other, optimizer, reach, regularisation, numerics, looks, seed);
  }

  public Settings with(Optimization other) {
    return new Settings(schedule, batching, other, reach, regularisation, numerics, looks, seed);
  }

  public Settings with(Reach other) {
    return new Settings(
        schedule, batching, optimizer, other, regularisation, numerics, looks, seed);
  }

  public Settings with(Regularisation other) {
    return new Settings(schedule, batching, optimizer, reach, other, numerics, looks, seed);
  }

  public Settings with(Numerics other) {
    return new Settings(schedule, batching, optimizer, reach, regularisation, other, looks, seed);
  }

  public Settings with(Looks other) {
    return new Settings(
        schedule, batching, optimizer, reach, regularisation, numerics, other, seed);
  }
}
