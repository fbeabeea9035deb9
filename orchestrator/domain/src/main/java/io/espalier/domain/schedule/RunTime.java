package io.espalier.domain.schedule;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Preflight;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long tasks run: at first by what the profile has timed, then by their own steps. A prediction
 * ends nothing; one that is exceeded is corrected upwards (Tsafrir, Etsion and Feitelson,
 * Backfilling using system-generated predictions, 2007, give the argument).
 */
public final class RunTime {

  /** The sealed test split is read before, after, and once for each of two exports. */
  private static final int PASSES_OF_TEST = 4;

  /** Fewer steps than these say little of the rest. */
  private static final int FEWEST_STEPS = 20;

  /** How much longer something runs that has run longer than was predicted. */
  private static final double OVERDUE = 0.2;

  private static final Duration LEAST_OVERDUE = Duration.ofMinutes(1);

  /** {@code done} of {@code total} steps were behind at a moment. */
  public record Progress(int done, int total, Instant at) {}

  public static Duration profile(Preflight preflight) {
    return Duration.ofMillis(preflight.profileBudget().millis());
  }

  public static Duration train(DataProfile profile, Training training) {
    double samples = profile.trainSamples() + (double) profile.validationSamples();
    if (training.protocol() == Protocol.LINEAR_PROBE) {
      return seconds(samples * profile.featureSecondsPerSample());
    }
    var settings = training.settings();
    int steps = settings.schedule().maxSteps();
    double looks = steps / (double) Math.max(1, settings.looks().evalSteps());
    return seconds(
        steps * StartNeed.secondsPerStep(profile, training.protocol())
            + looks * profile.validationSamples() * profile.featureSecondsPerSample());
  }

  public static Duration evaluate(DataProfile profile) {
    return seconds(
        PASSES_OF_TEST * (double) profile.testSamples() * profile.featureSecondsPerSample());
  }

  /**
   * Of a task that waits.
   *
   * @param saved what a checkpoint spares it; null if there is none
   */
  public static @Nullable Remaining ofWaiting(
      @Nullable Duration predicted, @Nullable Progress saved) {
    if (predicted == null) return null;
    double left = saved == null ? 1 : Math.clamp(1 - share(saved), 0, 1);
    return Spread.PROFILED.around(Duration.ofMillis(Math.round(predicted.toMillis() * left)));
  }

  /**
   * Of a task that runs.
   *
   * @param from its first progress on this lease
   * @param last its latest
   */
  public static @Nullable Remaining ofRunning(
      @Nullable Duration predicted,
      Instant grantedAt,
      @Nullable Progress from,
      @Nullable Progress last,
      Instant now) {
    if (from != null && last != null && last.done() - from.done() >= FEWEST_STEPS) {
      double perStep =
          Duration.between(from.at(), last.at()).toMillis() / 1000.0 / (last.done() - from.done());
      var left = Spread.TIMED.remaining(Math.max(0, last.total() - last.done()), perStep);
      return corrected(left, Duration.between(last.at(), now));
    }
    if (predicted == null) return null;
    double start = from == null ? 0 : Math.clamp(share(from), 0, 1);
    var whole = Duration.ofMillis(Math.round(predicted.toMillis() * (1 - start)));
    return corrected(Spread.PROFILED.around(whole), Duration.between(grantedAt, now));
  }

  private static Remaining corrected(Remaining predicted, Duration passed) {
    var elapsed = passed.isNegative() ? Duration.ZERO : passed;
    var left = predicted.after(elapsed);
    if (!left.high().isZero()) return left;
    var more = Duration.ofMillis(Math.round(elapsed.toMillis() * OVERDUE));
    return Spread.PROFILED.around(more.compareTo(LEAST_OVERDUE) < 0 ? LEAST_OVERDUE : more);
  }

  private static double share(Progress progress) {
    return progress.done() / (double) Math.max(1, progress.total());
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  private RunTime() {}
}
