package io.espalier.domain.selection;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import org.jspecify.annotations.Nullable;

/**
 * A protocol before anything is measured: what its graph and an assumed rate of the pool let
 * expect. {@link ProtocolChoice} decides later, from measured seconds and accuracies.
 *
 * @param wantedSteps after which more bring little; 0 where nothing is stepped
 * @param steps of them that the cap pays for
 * @param cost of those, training and evaluation
 * @param memory that stays allocated through a step
 */
public record Prospect(
    Protocol protocol, int wantedSteps, int steps, GpuTime cost, Bytes memory, Fit fit) {

  public enum Fit {
    /** With all the steps it wants. */
    WHOLE,
    /** With fewer steps than it wants. */
    CUT_SHORT,
    /** Not even a tenth of its steps can be paid for. */
    TOO_DEAR,
    /** No slot has so much memory. */
    TOO_LARGE
  }

  /**
   * One step of a protocol.
   *
   * @param forwardFlops of a batch
   * @param backwardFlops of a batch
   */
  public record Step(double forwardFlops, double backwardFlops, Bytes memory) {}

  /** What a protocol is expected to fit into. */
  public record Room(
      int train,
      int validation,
      int test,
      double flopsPerSecond,
      GpuTime usable,
      @Nullable Bytes largestSlot) {}

  /** A part of the cap stays free for what the estimate got wrong. */
  private static final double USABLE = 0.8;

  private static final double FEWEST_SHARE = 0.1;

  /** What can be planned with of a cap, once the data are measured. */
  public static GpuTime usable(GpuTime cap, Preflight preflight) {
    var left = cap.minus(preflight.profileBudget());
    return left.isMoreThan(GpuTime.ZERO) ? left.times(USABLE) : GpuTime.ZERO;
  }

  public static Prospect of(Protocol protocol, Step step, int batchSize, Room room) {
    double perSample = step.forwardFlops() / batchSize / room.flopsPerSecond();
    int samples = room.train() + room.validation() + room.test();
    double fixed =
        2 * StepPlan.START_UP_SECONDS
            + samples * StepPlan.DECODE_SECONDS
            + 4 * room.test() * perSample;
    if (protocol == Protocol.LINEAR_PROBE) {
      var cost = GpuTime.ofSeconds(fixed + (room.train() + room.validation()) * perSample);
      var fit = cost.isMoreThan(room.usable()) ? Fit.TOO_DEAR : Fit.WHOLE;
      return new Prospect(protocol, 0, 0, cost, step.memory(), limited(fit, step, room));
    }
    int wanted = StepPlan.wantedSteps(room.train(), batchSize);
    double perStep =
        (step.forwardFlops() + step.backwardFlops()) / room.flopsPerSecond()
            + room.validation() * perSample / Math.max(10, Math.ceilDiv(wanted, 12));
    int fewest = (int) Math.ceil(wanted * FEWEST_SHARE);
    int affordable = (int) Math.clamp((room.usable().seconds() - fixed) / perStep, 0, wanted);
    var fit = affordable == wanted ? Fit.WHOLE : affordable < fewest ? Fit.TOO_DEAR : Fit.CUT_SHORT;
    int steps = Math.max(affordable, fewest);
    var cost = GpuTime.ofSeconds(fixed + steps * perStep);
    return new Prospect(protocol, wanted, steps, cost, step.memory(), limited(fit, step, room));
  }

  private static Fit limited(Fit fit, Step step, Room room) {
    var largest = room.largestSlot();
    return largest != null && step.memory().compareTo(largest) > 0 ? Fit.TOO_LARGE : fit;
  }
}
