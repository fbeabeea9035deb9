package io.espalier.domain.selection;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Regularisation;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.selection.Alternative.Verdict;
import io.espalier.domain.unit.GpuTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the protocol by rules on counts, the linear probe with its random twin, model size and
 * budget.
 *
 * <ol>
 *   <li>Cost every protocol from the measured seconds per step; cut its steps to the budget.
 *   <li>Drop what cannot run for a tenth of the steps it wants.
 *   <li>Rule out training from scratch where the base model's features help.
 *   <li>Predict what each reaches ({@link Prior}).
 *   <li>Among those within one standard error of the best, take the cheapest; where two cost the
 *       same, the better one.
 * </ol>
 *
 * Less budget never leads to a dearer plan: a plan that still fits keeps its prediction while no
 * other rises. More data never leads to a more frozen one.
 */
public final class ProtocolChoice {

  public static final String RULES = "v0";

  /** A part of the budget stays free for what the prediction got wrong. */
  private static final double USABLE = 0.8;

  private static final double FEWEST_SHARE = 0.1;

  private static final int LORA_RANK = 8;

  private static final List<Protocol> CONSIDERED =
      List.of(
          Protocol.LINEAR_PROBE,
          Protocol.LORA,
          Protocol.LAYER_WISE,
          Protocol.FULL,
          Protocol.FROM_SCRATCH);

  /** A protocol with its run cut to the budget. */
  private record Candidate(
      Protocol protocol, Training training, GpuTime cost, GpuTime least, double predicted) {

    boolean fits(GpuTime usable) {
      return !least.isMoreThan(usable);
    }
  }

  public static Choice decide(SelectionInput input) {
    var usable = input.budget().times(USABLE);
    var candidates = new ArrayList<Candidate>();
    for (var protocol : CONSIDERED) {
      candidates.add(candidate(protocol, input, usable));
    }

    double uncertainty = uncertainty(input.profile());
    var verdicts = new TreeMap<Protocol, Verdict>();
    var reasons = new TreeMap<Protocol, String>();
    for (var candidate : candidates) {
      if (!candidate.fits(usable)) {
        verdicts.put(candidate.protocol(), Verdict.INFEASIBLE);
        reasons.put(
            candidate.protocol(),
            say(
                "needs at least %s for a tenth of its steps; %s of the budget can be planned with",
                candidate.least(), usable));
      } else if (candidate.protocol() == Protocol.FROM_SCRATCH && featuresHelp(input.profile())) {
        verdicts.put(candidate.protocol(), Verdict.RULED_OUT);
        reasons.put(
            candidate.protocol(),
            say(
                "the base model's features help: gain %s, more than two standard errors",
                plusMinus(input.profile().featureTransferGain())));
      }
    }

    var open = candidates.stream().filter(c -> !verdicts.containsKey(c.protocol())).toList();
    var requested = input.requested();
    var chosen =
        requested == null
            ? cheapestWithin(uncertainty, open)
            : candidates.stream()
                .filter(c -> c.protocol() == requested && c.fits(usable))
                .findFirst()
                .orElse(null);
    if (chosen != null) {
      verdicts.put(chosen.protocol(), Verdict.CHOSEN);
      double best = open.stream().mapToDouble(Candidate::predicted).max().orElse(0);
      reasons.put(
          chosen.protocol(),
          requested == null
              ? say("the cheapest within %.3f of the best prediction (%.3f)", uncertainty, best)
              : "asked for");
      for (var other : open) {
        if (other.protocol() == chosen.protocol()) continue;
        compare(other, chosen, requested != null, uncertainty, best, verdicts, reasons);
      }
    }

    var alternatives =
        candidates.stream()
            .map(c ->
                new Alternative(
                    c.training(),
                    verdicts.getOrDefault(c.protocol(), Verdict.NOT_REQUESTED),
                    c.cost(),
                    new Estimate(c.predicted(), uncertainty),
                    reasons.getOrDefault(c.protocol(), "another protocol was asked for")))
            .sorted(comparing(a -> a.verdict() != Verdict.CHOSEN))
            .toList();
    return chosen == null
        ? new Choice.Impossible(tooLittle(input, candidates), alternatives)
        : new Choice.Made(
            new Decision(
                RULES,
                input,
                chosen.training(),
                explain(input, chosen, uncertainty),
                alternatives,
                warnings(input, chosen)));
  }

  private static void compare(
      Candidate other,
      Candidate chosen,
      boolean forced,
      double uncertainty,
      double best,
      Map<Protocol, Verdict> verdicts,
      Map<Protocol, String> reasons) {
    if (forced) {
      verdicts.put(other.protocol(), Verdict.NOT_REQUESTED);
      reasons.put(other.protocol(), chosen.protocol().label() + " was asked for");
    } else if (other.predicted() < best - uncertainty) {
      verdicts.put(other.protocol(), Verdict.WORSE);
      reasons.put(
          other.protocol(),
          say("predicted %.3f, more than %.3f below the best", other.predicted(), uncertainty));
    } else if (other.cost().equals(chosen.cost())) {
      verdicts.put(other.protocol(), Verdict.WORSE);
      reasons.put(
          other.protocol(),
          say(
              "predicted %.3f, not more than %.3f at the same cost",
              other.predicted(), chosen.predicted()));
    } else {
      verdicts.put(other.protocol(), Verdict.DEARER);
      reasons.put(
          other.protocol(),
          say(
              "predicted %.3f, no clear difference, at %s instead of %s",
              other.predicted(), other.cost(), chosen.cost()));
    }
  }

  private static @Nullable Candidate cheapestWithin(double uncertainty, List<Candidate> open) {
    double best = open.stream().mapToDouble(Candidate::predicted).max().orElse(0);
    return open.stream()
        .filter(c -> c.predicted() >= best - uncertainty)
        .min(
            comparing(Candidate::cost)
                .thenComparing(comparingDouble(Candidate::predicted).reversed())
                .thenComparing(Candidate::protocol))
        .orElse(null);
  }

  private static Candidate candidate(Protocol protocol, SelectionInput input, GpuTime usable) {
    var profile = input.profile();
    double fixed = fixedSeconds(profile);
    if (protocol == Protocol.LINEAR_PROBE) {
      var cost =
          GpuTime.ofSeconds(
              fixed
                  + (profile.trainSamples() + profile.validationSamples())
                      * profile.featureSecondsPerSample());
      return new Candidate(
          protocol,
          new Training(protocol, settings(protocol, input, 1)),
          cost,
          cost,
          profile.pretrainedProbe().mean());
    }
    int wanted = StepPlan.wantedSteps(profile.trainSamples(), profile.batchSize());
    double perStep = secondsPerStep(protocol, profile) + validationSecondsPerStep(profile, wanted);
    int affordable = (int) Math.clamp((usable.seconds() - fixed) / perStep, 0, wanted);
    int fewest = (int) Math.ceil(wanted * FEWEST_SHARE);
    int steps = Math.max(affordable, fewest);
    return new Candidate(
        protocol,
        new Training(protocol, settings(protocol, input, steps)),
        GpuTime.ofSeconds(fixed + steps * perStep),
        GpuTime.ofSeconds(fixed + fewest * perStep),
        Prior.accuracy(protocol, profile, (double) steps / wanted));
  }

  /** Two trainer starts, decoding, and the test split before and after and once more per export. */
  private static double fixedSeconds(DataProfile profile) {
    int samples = profile.trainSamples() + profile.validationSamples() + profile.testSamples();
    return 2 * StepPlan.START_UP_SECONDS
        + samples * StepPlan.DECODE_SECONDS
        + 4 * profile.testSamples() * profile.featureSecondsPerSample();
  }

  /**
   * A protocol whose step was not timed costs what full fine-tuning does, the dearest of all. So
   * does one that computes the same: what its timed steps differ by is noise, and must not decide.
   */
  private static double secondsPerStep(Protocol protocol, DataProfile profile) {
    var timed = profile.secondsPerStep();
    var seconds = protocol == Protocol.LAYER_WISE ? null : timed.get(protocol);
    if (seconds == null) seconds = timed.get(Protocol.FULL);
    if (seconds == null) {
      throw new IllegalArgumentException("The profile timed no step of full fine-tuning: " + timed);
    }
    return seconds;
  }

  private static double validationSecondsPerStep(DataProfile profile, int steps) {
    return profile.validationSamples() * profile.featureSecondsPerSample() / evalSteps(steps);
  }

  private static Settings settings(Protocol protocol, SelectionInput input, int steps) {
    var defaults = FamilyDefaults.of(input.model());
    var schedule =
        Schedule.linear(
            defaults.learningRate(protocol, input.model().hidden()),
            Schedule.usualWarmup(steps),
            steps);
    var plain =
        Settings.of(schedule, input.profile().batchSize(), input.seed())
            .with(new Looks(evalSteps(steps), evalSteps(steps), 0));
    return switch (protocol) {
      case LORA -> plain.with(Reach.DEFAULT.with(Adapters.ofRank(LORA_RANK)));
      case LAYER_WISE ->
          plain.with(Reach.DEFAULT.with(new LayerRates.ByDepth(defaults.layerDecay())));
      case FROM_SCRATCH ->
          plain
              .with(Optimization.ADAMW.decaying(0.05))
              .with(
                  defaults.changesStronglyFromScratch()
                      ? new Regularisation(0.1, Augmentation.Strong.USUAL)
                      : Regularisation.DEFAULT.smoothing(0.1));
      case LINEAR_PROBE, PARTIAL, FULL -> plain;
    };
  }

  private static int evalSteps(int steps) {
    return Math.max(10, Math.ceilDiv(steps, 12));
  }

  /** One standard error of a validation accuracy, or of the probe where that is larger. */
  private static double uncertainty(DataProfile profile) {
    double p = Math.clamp(profile.pretrainedProbe().mean(), 0.05, 0.95);
    double ofValidation = Math.sqrt(p * (1 - p) / Math.max(1, profile.validationSamples()));
    return Math.max(ofValidation, profile.pretrainedProbe().standardError());
  }

  private static boolean featuresHelp(DataProfile profile) {
    var gain = profile.featureTransferGain();
    return gain.mean() > 2 * gain.standardError();
  }

  private static List<String> explain(SelectionInput input, Candidate chosen, double uncertainty) {
    var profile = input.profile();
    var lines = new ArrayList<String>();
    lines.add(
        say(
            "%d training samples in %d classes (%d per class).",
            profile.trainSamples(), profile.classes().size(), profile.samplesPerClass()));
    lines.add(
        say(
            "A linear probe on the base model's features reaches %s, on a random twin's %s: the gain is %s, the domain gap %.2f (0 none, 1 full).",
            plusMinus(profile.pretrainedProbe()),
            plusMinus(profile.randomProbe()),
            plusMinus(profile.featureTransferGain()),
            Prior.gap(profile)));
    lines.add(
        say(
            "The model has %.2f million parameters in %d blocks; %s are left for training and evaluation.",
            input.model().parameters() / 1e6, input.model().blocks(), input.budget()));
    lines.add(
        input.requested() != null
            ? chosen.protocol().label()
                + say(" was asked for; it is predicted to reach %.3f.", chosen.predicted())
            : say(
                "%s is predicted to reach %.3f ± %.3f for %s, and nothing cheaper comes that close to the best.",
                chosen.protocol().label(), chosen.predicted(), uncertainty, chosen.cost()));
    return lines;
  }

  private static List<String> warnings(SelectionInput input, Candidate chosen) {
    var profile = input.profile();
    var lines = new ArrayList<>(profile.warnings());
    if (profile.leaked() > 0) {
      lines.add(
          say(
              "%d test samples are also in the training split: the test accuracy will flatter.",
              profile.leaked()));
    }
    if (profile.validationSamples() < 100) {
      lines.add(
          say(
              "The validation split has only %d samples: differences below %.2f are noise.",
              profile.validationSamples(), 1 / Math.sqrt(profile.validationSamples() + 1.0)));
    }
    int wanted = StepPlan.wantedSteps(profile.trainSamples(), profile.batchSize());
    int steps = chosen.training().settings().schedule().maxSteps();
    if (chosen.protocol() != Protocol.LINEAR_PROBE && steps < wanted) {
      lines.add(
          say(
              "The budget allows %d of the %d steps that %s wants.",
              steps, wanted, chosen.protocol().label()));
    }
    return lines;
  }

  private static Problem tooLittle(SelectionInput input, List<Candidate> candidates) {
    var requested = input.requested();
    var least =
        candidates.stream()
            .filter(c -> requested == null || c.protocol() == requested)
            .map(Candidate::least)
            .min(comparing(time -> time))
            .orElse(GpuTime.ZERO);
    return Problem.of(
            "budget-too-small",
            Category.RESOURCES,
            "budget",
            requested == null
                ? "No protocol can finish with what is left of the job's budget."
                : requested.label() + " cannot finish with what is left of the job's budget.",
            "Raise the job's cap to at least "
                + least.times(1 / USABLE)
                + " beyond what is spent, or ask for a cheaper protocol.")
        .found(input.budget())
        .allowed(least.times(1 / USABLE));
  }

  private static String say(String format, @Nullable Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String plusMinus(Estimate estimate) {
    return say("%.3f ± %.3f", estimate.mean(), estimate.standardError());
  }

  private ProtocolChoice() {}
}
