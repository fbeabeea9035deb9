package io.espalier.domain.schedule;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Preflight;
import io.espalier.domain.unit.GpuTime;
import java.time.Duration;

/**
 * What must be fundable before a task's start is worth it: start-up, the work until its first
 * checkpoint (all of it, for a task that makes none) and the reserve.
 */
public final class StartNeed {

  /** The sealed test split is read before, after, and once for each of two exports. */
  private static final int PASSES_OF_TEST = 4;

  public static GpuTime profile(Terms terms, Preflight preflight) {
    return terms.startNeed(1, Duration.ofMillis(preflight.profileBudget().millis()));
  }

  public static GpuTime train(Terms terms, DataProfile profile, Training training) {
    double seconds =
        training.protocol() == Protocol.LINEAR_PROBE
            ? (profile.trainSamples() + profile.validationSamples())
                * profile.featureSecondsPerSample()
            : training.settings().looks().saveSteps()
                * secondsPerStep(profile, training.protocol());
    return terms.startNeed(1, seconds(seconds));
  }

  public static GpuTime evaluate(Terms terms, DataProfile profile) {
    return terms.startNeed(
        1, seconds(PASSES_OF_TEST * profile.testSamples() * profile.featureSecondsPerSample()));
  }

  static double secondsPerStep(DataProfile profile, Protocol protocol) {
    var timed = profile.secondsPerStep();
    return timed.getOrDefault(protocol, timed.getOrDefault(Protocol.FULL, 0.0));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private StartNeed() {}
}
