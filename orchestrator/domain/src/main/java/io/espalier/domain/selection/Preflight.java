package io.espalier.domain.selection;

import io.espalier.domain.unit.GpuTime;

/**
 * What a job will cost before anything is measured: from the graph's operations and an assumed rate
 * of the pool. It decides whether a job may start at all, so its minimum is what even the cheapest
 * protocol needs.
 *
 * @param minimum below this no protocol can finish
 * @param low a linear probe
 * @param high full fine-tuning for all the steps it wants
 * @param batchSize of the profile and of training
 * @param profileBudget what measuring may cost
 */
public record Preflight(
    GpuTime minimum, GpuTime low, GpuTime high, int batchSize, GpuTime profileBudget) {

  /** Measuring takes at most this share of the cap, and never less than the floor. */
  private static final double PROFILE_SHARE = 0.05;

  private static final GpuTime PROFILE_FLOOR = GpuTime.ofSeconds(6);
  private static final GpuTime PROFILE_CEILING = GpuTime.ofSeconds(600);

  /**
   * @param flopsPerSecond what a slot of the pool is assumed to do, until a profile has timed it
   * @param cap the job's own limit
   */
  public static Preflight estimate(
      ModelFacts model, int train, int validation, int test, double flopsPerSecond, GpuTime cap) {
    double forward = model.forwardFlops() / flopsPerSecond;
    int samples = train + validation + test;
    double starts = 3 * StepPlan.START_UP_SECONDS + samples * StepPlan.DECODE_SECONDS;
    int batch = StepPlan.batchSize(train);
    var probe = GpuTime.ofSeconds(starts + samples * forward);
    var profile =
        cap.times(PROFILE_SHARE).compareTo(PROFILE_FLOOR) < 0
            ? PROFILE_FLOOR
            : cap.times(PROFILE_SHARE).atMost(PROFILE_CEILING);
    double fullSteps = StepPlan.wantedSteps(train, batch) * batch * 3 * forward;
    var minimum = probe.plus(PROFILE_FLOOR);
    return new Preflight(
        minimum,
        probe.plus(profile),
        GpuTime.ofSeconds(starts + fullSteps).plus(profile),
        batch,
        profile);
  }
}
