package io.espalier.domain.selection;

import io.espalier.domain.protocol.Protocol;

/**
 * What a protocol is expected to reach, before any training: the linear probe was measured, the
 * rest is the share of its remaining error that the protocol recovers. Three influences, each
 * monotone:
 *
 * <ul>
 *   <li><b>gap</b>: the less the base model's features beat a random twin's, the more there is to
 *       learn below the head;
 *   <li><b>data</b>: {@code n / (n + half)}, where {@code half} grows with what the protocol
 *       trains;
 *   <li><b>steps</b>: a run that is cut short reaches a part, {@code √(steps / wanted)}.
 * </ul>
 *
 * The constants are a starting point, to be replaced by a table fitted on finished tasks.
 */
final class Prior {

  /** Share of the probe's error that is recovered with ample data, at no gap and at a full gap. */
  private record Reach(double near, double far, double half) {}

  private static Reach reach(Protocol protocol) {
    return switch (protocol) {
      case LINEAR_PROBE -> new Reach(0, 0, 1);
      case PARTIAL -> new Reach(0.25, 0.35, 150);
      case LORA -> new Reach(0.35, 0.50, 250);
      case LAYER_WISE -> new Reach(0.40, 0.60, 400);
      case FULL -> new Reach(0.40, 0.65, 600);
      case FROM_SCRATCH -> new Reach(0.05, 0.60, 6000);
    };
  }

  /**
   * 0 where the base model's features hold all that the probe knows, 1 where random features do as
   * well.
   */
  static double gap(DataProfile profile) {
    double known = profile.pretrainedProbe().mean() - profile.chance();
    if (known <= 0) return 1;
    return Math.clamp(1 - profile.featureTransferGain().mean() / known, 0, 1);
  }

  static double accuracy(Protocol protocol, DataProfile profile, double shareOfSteps) {
    var reach = reach(protocol);
    double gap = gap(profile);
    double share = reach.near() + gap * (reach.far() - reach.near());
    double data = profile.trainSamples() / (profile.trainSamples() + reach.half());
    double probe = profile.pretrainedProbe().mean();
    return probe + (1 - probe) * share * data * Math.sqrt(Math.min(1, shareOfSteps));
  }

  private Prior() {}
}
