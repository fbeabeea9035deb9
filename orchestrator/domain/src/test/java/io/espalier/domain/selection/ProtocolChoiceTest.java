package io.espalier.domain.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.selection.Alternative.Verdict;
import io.espalier.domain.unit.GpuTime;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProtocolChoiceTest {

  private static final ModelFacts SMALL_VIT = new ModelFacts("vit", 800_000, 128, 4, 1e8);
  private static final GpuTime AMPLE = GpuTime.ofHours(100);

  @Test
  void trainsTheWholeModelWhereThereIsMuchDataAndAWideGap() {
    var decision = made(input(wideGap(6000), AMPLE, null));

    assertThat(decision.chosen().protocol()).isIn(Protocol.FULL, Protocol.LAYER_WISE);
    assertThat(decision.reasons()).anyMatch(reason -> reason.contains("6000 training samples"));
  }

  @Test
  void theNoiseOfTimedStepsDoesNotDecideBetweenProtocolsThatComputeTheSame() {
    for (double seconds : new double[] {0.15, 0.22, 0.30}) {
      var profile = wideGap(6000);
      profile.secondsPerStep().put(Protocol.LAYER_WISE, seconds);
      var decision = made(input(profile, AMPLE, null));

      assertThat(decision.chosen().protocol()).as("%.2f s", seconds).isEqualTo(Protocol.FULL);
      assertThat(verdict(decision, Protocol.LAYER_WISE)).isEqualTo(Verdict.WORSE);
    }
  }

  @Test
  void keepsTheModelFrozenWhereTheProbeIsAlmostPerfect() {
    var profile = profile(60, 0.99, 0.02, 0.40);

    assertThat(made(input(profile, AMPLE, null)).chosen().protocol())
        .isEqualTo(Protocol.LINEAR_PROBE);
  }

  @Test
  void namesEveryProtocolWithAReasonAndOneChosen() {
    var decision = made(input(wideGap(500), AMPLE, null));

    assertThat(decision.alternatives())
        .extracting(a -> a.training().protocol())
        .containsExactlyInAnyOrder(
            Protocol.LINEAR_PROBE,
            Protocol.LORA,
            Protocol.LAYER_WISE,
            Protocol.FULL,
            Protocol.FROM_SCRATCH);
    assertThat(decision.alternatives()).allMatch(a -> !a.reason().isBlank());
    assertThat(decision.alternatives().getFirst().verdict()).isEqualTo(Verdict.CHOSEN);
    assertThat(decision.alternatives().getFirst().training()).isEqualTo(decision.chosen());
  }

  @Test
  void rulesOutFromScratchWhileTheFeaturesHelp() {
    var helped = made(input(wideGap(6000), AMPLE, null));
    assertThat(verdict(helped, Protocol.FROM_SCRATCH)).isEqualTo(Verdict.RULED_OUT);

    var useless = made(input(profile(6000, 0.40, 0.02, 0.39), AMPLE, null));
    assertThat(verdict(useless, Protocol.FROM_SCRATCH)).isNotEqualTo(Verdict.RULED_OUT);
  }

  @Test
  void ratesAndDecaysAreThoseOfTheFamily() {
    var small = new ModelFacts("bert", 1_300_000, 128, 4, 1e8);
    var mini = new ModelFacts("bert", 11_300_000, 256, 4, 1e9);
    var base = new ModelFacts("bert", 110_000_000, 768, 12, 2e10);

    assertThat(settings(base, Protocol.FULL).schedule().learningRate()).isBetween(2e-5, 5e-5);
    assertThat(settings(mini, Protocol.FULL).schedule().learningRate()).isBetween(1e-4, 3e-4);
    assertThat(settings(small, Protocol.FULL).schedule().learningRate()).isEqualTo(1e-3);
    assertThat(layerDecay(small)).isBetween(0.8, 0.9);
    assertThat(layerDecay(SMALL_VIT)).isEqualTo(0.75);
    for (var model : List.of(small, base, SMALL_VIT))
      assertThat(settings(model, Protocol.LORA).schedule().learningRate())
          .isGreaterThan(4 * settings(model, Protocol.FULL).schedule().learningRate());
  }

  private static double layerDecay(ModelFacts model) {
    var rates = settings(model, Protocol.LAYER_WISE).reach().rates();
    return ((LayerRates.ByDepth) rates).factor();
  }

  private static Settings settings(ModelFacts model, Protocol protocol) {
    var asked = new SelectionInput(wideGap(6000), model, AMPLE, protocol, 1);
    return made(asked).chosen().settings();
  }

  @Test
  void obeysARequestAndSaysSo() {
    var decision = made(input(wideGap(6000), AMPLE, Protocol.LORA));

    assertThat(decision.chosen().protocol()).isEqualTo(Protocol.LORA);
    assertThat(verdict(decision, Protocol.FULL)).isEqualTo(Verdict.NOT_REQUESTED);
    assertThat(decision.reasons()).anyMatch(reason -> reason.startsWith("LoRA was asked for"));
  }

  @Test
  void refusesABudgetInWhichNothingFitsAndNamesTheLeastThatWould() {
    var choice = ProtocolChoice.decide(input(wideGap(6000), GpuTime.ofSeconds(1), null));

    assertThat(choice).isInstanceOf(Choice.Impossible.class);
    var impossible = (Choice.Impossible) choice;
    assertThat(impossible.problem().code()).isEqualTo("budget-too-small");
    assertThat(impossible.problem().value()).isEqualTo("1.0 GPU-s");
    assertThat(impossible.alternatives())
        .filteredOn(a -> a.verdict() == Verdict.INFEASIBLE)
        .hasSize(5);
  }

  @Test
  void neverChoosesWhatDoesNotFit() {
    var random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      var input = input(anyProfile(random), GpuTime.ofSeconds(random.nextDouble(600)), null);
      if (ProtocolChoice.decide(input) instanceof Choice.Made(var decision)) {
        assertThat(decision.alternatives().getFirst().cost()).isLessThanOrEqualTo(input.budget());
      }
    }
  }

  @Test
  void lessBudgetNeverPicksADearerPlan() {
    var random = new Random(2);
    for (int i = 0; i < 500; i++) {
      var profile = anyProfile(random);
      var costs =
          IntStream.of(20, 40, 80, 160, 320, 640, 5000)
              .mapToObj(seconds -> input(profile, GpuTime.ofSeconds(seconds), null))
              .map(ProtocolChoice::decide)
              .filter(Choice.Made.class::isInstance)
              .map(choice -> ((Choice.Made) choice).decision().alternatives().getFirst().cost())
              .toList();
      assertThat(costs).isSorted();
    }
  }

  @Test
  void moreDataNeverFreezesMore() {
    var random = new Random(3);
    for (int i = 0; i < 300; i++) {
      double probe = random.nextDouble(0.2, 0.98);
      double twin = random.nextDouble(0.1, probe);
      var chosen =
          IntStream.of(50, 200, 800, 3000, 9000)
              .mapToObj(n -> made(input(profile(n, probe, 0.01, twin), AMPLE, null)))
              .map(decision -> capacity(decision.chosen().protocol()))
              .toList();
      assertThat(chosen).isSorted();
    }
  }

  @Test
  void theSameInputGivesTheSameDecision() {
    var input = input(wideGap(800), GpuTime.ofSeconds(200), null);

    assertThat(ProtocolChoice.decide(input)).isEqualTo(ProtocolChoice.decide(input));
  }

  /** Smaller models take larger rates, and LoRA about ten times the full one. */
  @Test
  void learningRatesFollowTheModelsWidth() {
    var vitBase = new ModelFacts("vit", 86_000_000, 768, 12, 3.5e10);
    var profile = wideGap(6000);

    var full =
        made(new SelectionInput(profile, vitBase, AMPLE, Protocol.FULL, 1)).chosen().settings();
    var lora =
        made(new SelectionInput(profile, vitBase, AMPLE, Protocol.LORA, 1)).chosen().settings();

    assertThat(full.schedule().learningRate()).isEqualTo(5e-5);
    assertThat(lora.schedule().learningRate()).isEqualTo(5e-4);
  }

  private static Decision made(SelectionInput input) {
    return ((Choice.Made) ProtocolChoice.decide(input)).decision();
  }

  private static Verdict verdict(Decision decision, Protocol protocol) {
    return decision.alternatives().stream()
        .filter(a -> a.training().protocol() == protocol)
        .findFirst()
        .orElseThrow()
        .verdict();
  }

  private static int capacity(Protocol protocol) {
    return List.of(
            Protocol.LINEAR_PROBE,
            Protocol.LORA,
            Protocol.LAYER_WISE,
            Protocol.FULL,
            Protocol.FROM_SCRATCH)
        .indexOf(protocol);
  }

  private static SelectionInput input(
      DataProfile profile, GpuTime budget, @Nullable Protocol requested) {
    return new SelectionInput(profile, SMALL_VIT, budget, requested, 7);
  }

  private static DataProfile wideGap(int train) {
    return profile(train, 0.60, 0.01, 0.50);
  }

  private static DataProfile anyProfile(Random random) {
    double probe = random.nextDouble(0.15, 0.99);
    return profile(
        random.nextInt(30, 9000), probe, random.nextDouble(0.05), random.nextDouble(probe));
  }

  private static DataProfile profile(int train, double probe, double error, double twin) {
    var seconds = new EnumMap<Protocol, Double>(Protocol.class);
    seconds.put(Protocol.LORA, 0.20);
    seconds.put(Protocol.LAYER_WISE, 0.22);
    seconds.put(Protocol.FULL, 0.22);
    return new DataProfile(
        IntStream.range(0, 10).mapToObj(i -> "class " + i).toList(),
        Collections.nCopies(10, train / 10),
        train,
        Math.max(10, train / 5),
        1000,
        0,
        0,
        0.1,
        new Estimate(probe, error),
        new Estimate(twin, error),
        probe,
        train,
        64,
        0.001,
        seconds,
        800_000,
        List.of());
  }
}
