package io.espalier.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Looks;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Optimizer;
import io.espalier.models.graph.Sgd;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Overlay;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.Golden;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingLoopTest {

  private static final int STEPS = 12;

  private final Arena arena = Arena.ofShared();
  private final ModelFolder vit = Golden.vit(arena);
  private final Heard heard = new Heard();

  @TempDir Path folder;

  @AfterEach
  void unmap() {
    arena.close();
  }

  static Stream<TrainingPlan> plans() {
    return Stream.of(
        TrainingPlan.full().layerWise(0.5).withoutDecayOfVectors().smoothingLabels(0.1),
        TrainingPlan.adapting(Lora.of(4, 8, Set.of("query", "value", "dense")).droppingOut(0.2))
            .alsoTraining(List.of("classifier")),
        TrainingPlan.only(List.of("classifier")));
  }

  @ParameterizedTest
  @MethodSource("plans")
  void aPausedRunEndsBitByBitAsAnUninterruptedOne(TrainingPlan plan) throws IOException {
    var whole = run(plan, folder.resolve("whole"), settings(), new Samples(), STEPS);
    var wholeHeard = List.copyOf(heard.events);
    heard.events.clear();

    var paused = run(plan, folder.resolve("paused"), settings(), new Samples(), 5);
    assertThat(paused.outcome()).isInstanceOf(Outcome.Stopped.class);
    assertThat(((Outcome.Stopped) paused.outcome()).step()).isEqualTo(5);
    paused = run(plan, folder.resolve("paused"), settings(), new Samples(), 4);
    assertThat(((Outcome.Stopped) paused.outcome()).step()).isEqualTo(9);
    paused = run(plan, folder.resolve("paused"), settings(), new Samples(), STEPS);

    assertSame(paused, whole);
    var finished = (Outcome.Finished) paused.outcome();
    var reference = (Outcome.Finished) whole.outcome();
    assertThat(finished.best()).isEqualTo(reference.best());
    assertThat(finished.bestStep()).isEqualTo(reference.bestStep());
    assertThat(Files.readAllBytes(finished.bestWeights()))
        .isEqualTo(Files.readAllBytes(reference.bestWeights()));
    assertThat(heard.steps()).isEqualTo(Heard.steps(wholeHeard));
  }

  /** Wherever it is stopped, and whatever the optimizer keeps. */
  @Test
  void aRunPausedAtEveryStepEndsBitByBitAsAnUninterruptedOne() throws IOException {
    var plan = TrainingPlan.full().withoutDecayOfVectors();
    for (var optimizer : List.of(AdamW.UNCLIPPED.clippedAt(1), new Sgd(0.9, true, 1))) {
      var name = optimizer.getClass().getSimpleName();
      var whole = run(plan, optimizer, folder.resolve(name), settings(), new Samples(), STEPS);
      var paused = folder.resolve(name + "-paused");
      for (int step = 0; step < STEPS; step++) {
        var stopped = run(plan, optimizer, paused, settings(), new Samples(), Math.min(step, 1));
        assertThat(((Outcome.Stopped) stopped.outcome()).step()).isEqualTo(step);
      }
      assertSame(run(plan, optimizer, paused, settings(), new Samples(), STEPS), whole);
    }
  }

  @Test
  void stopsWhereNothingBetterComesAndStaysStopped() throws IOException {
    var impatient = new LoopSettings(Schedule.constant(1e-3, 0, 40), new Looks(2, 40, 2), 3, 1);
    var scores = List.of(0.2, 0.5, 0.4, 0.5, 0.9, 0.9);
    var samples =
        new Samples() {
          private int looks;

          @Override
          public Metrics validate(TrainingSession session) {
            return new Metrics(1, Metric.ACCURACY, scores.get(looks++), 1);
          }
        };
    var plan = TrainingPlan.only(List.of("classifier"));
    var ran = run(plan, folder, impatient, samples, Integer.MAX_VALUE);
    assertThat(ran.outcome())
        .isInstanceOfSatisfying(
            Outcome.Finished.class,
            finished -> {
              assertThat(finished.steps()).isEqualTo(8);
              assertThat(finished.bestStep()).isEqualTo(4);
            });
    heard.events.clear();
    var again = run(plan, folder, impatient, samples, Integer.MAX_VALUE);
    assertThat(again.outcome()).isEqualTo(ran.outcome());
    assertThat(heard.steps()).isEmpty();
  }

  @Test
  void ratesByGradientAreMeasuredOnceAndBelongToTheTraining() throws IOException {
    var plan = TrainingPlan.full();
    var weights = StartingWeights.of(vit, vit.labels(), plan, 1);
    var training =
        new Training(
            Protocol.LAYER_WISE,
            Settings.of(Schedule.constant(1e-3, 0, STEPS), 3, 1)
                .with(Reach.DEFAULT.with(new LayerRates.ByGradient(2))));
    var rates =
        RelativeGradients.asked(training, vit.family(), plan, weights, new Samples(), folder);
    assertThat(rates.keySet()).containsExactly(0, 1, 2, 3);
    assertThat(rates.values()).contains(1.0).allMatch(rate -> rate > 0 && rate <= 1);
    assertThat(rates.values()).doesNotHaveDuplicates();

    var settings = settings().ratedBy(rates);
    run(plan.ratedByDepth(rates), folder, settings, new Samples(), 5);
    var changed = new Overlay(Map.of("classifier.bias", Tensor.of(new float[5], 5)), weights);
    assertThat(
            RelativeGradients.asked(training, vit.family(), plan, changed, new Samples(), folder))
        .as("as they were when it began")
        .isEqualTo(rates);
    var others = new TreeMap<>(rates);
    others.put(1, 0.5);
    assertThatThrownBy(() -> run(plan, folder, settings().ratedBy(others), new Samples(), STEPS))
        .isInstanceOf(Refused.class);
  }

  /** By its definition, from the gradients of the same two batches. */
  @Test
  void relativeGradientsAreThoseOfTheirStages() throws IOException {
    var plan = TrainingPlan.full();
    var weights = StartingWeights.of(vit, vit.labels(), plan, 1);
    try (var session =
        TrainingSession.open(vit.family(), plan, Mode.TRAIN, AdamW.UNCLIPPED, weights)) {
      var rates = RelativeGradients.of(session, new Samples(), 2, 9);
      var name = "classifier.weight";
      var block = "vit.encoder.layer.1.";
      double head = 0, above = 0;
      for (int step = 1; step <= 2; step++) {
        var gradients = session.gradients(new Samples().training(step), step);
        head += norm(gradients.get(name)) / norm(session.tensor(name));
        double gradient = 0, weight = 0;
        for (var parameter : session.graph().trained()) {
          if (!parameter.name().startsWith(block) || parameter.isVector()) continue;
          gradient += Math.pow(norm(gradients.get(parameter.name())), 2);
          weight += Math.pow(norm(session.tensor(parameter.name())), 2);
        }
        above += Math.sqrt(gradient / weight);
      }
      assertThat(rates.get(1) / rates.get(0)).isCloseTo(above / head, withinPercentage(0.01));
    }
  }

  private static double norm(@Nullable Tensor tensor) {
    double sum = 0;
    for (float value : Objects.requireNonNull(tensor).floats()) sum += (double) value * value;
    return Math.sqrt(sum);
  }

  @Test
  void aStepInPartsIsTheStepOfTheWholeBatch() throws IOException {
    var whole = curve(Integer.MAX_VALUE);
    var parts = curve(2);
    assertThat(TrainingLoop.begunWith(folder.resolve("at-once-2")).atOnce()).hasValue(2);
    assertThat(TrainingLoop.begunWith(folder.resolve("at-once-" + Integer.MAX_VALUE)).atOnce())
        .isEmpty();

    assertThat(parts).hasSize(2 * STEPS);
    for (int i = 0; i < parts.size(); i++) {
      assertThat(parts.get(i)).isCloseTo(whole.get(i), withinPercentage(0.1));
    }
    assertThat(parts).as("3 samples are cut into 2 and 1").isNotEqualTo(whole);
  }

  /** Losses and gradient norms of a run without chance. */
  private List<Double> curve(int atOnce) throws IOException {
    var plan = TrainingPlan.full();
    var weights = StartingWeights.of(vit, vit.labels(), plan, 1);
    var told = new Heard();
    try (var session =
        TrainingSession.open(
            vit.family(), plan, Mode.TRAIN, AdamW.UNCLIPPED.clippedAt(1), weights)) {
      new TrainingLoop(
              session,
              new Samples(),
              settings(),
              folder.resolve("at-once-" + atOnce),
              told,
              () -> false,
              atOnce,
              Replicas.ALONE)
          .run();
    }
    return told.numbers;
  }

  @Test
  void keepsTheBestWeightsByValidation() throws IOException {
    var ran = run(TrainingPlan.full(), folder, settings(), new Samples(), STEPS);
    var finished = (Outcome.Finished) ran.outcome();
    assertThat(heard.events.stream().filter(e -> e.startsWith("validated")))
        .hasSize(4)
        .filteredOn(e -> e.endsWith("best"))
        .last()
        .asString()
        .startsWith("validated " + finished.bestStep() + " ");
    assertThat(Safetensors.open(finished.bestWeights(), arena).names()).hasSize(40);
    assertThat(finished.best().samples()).isEqualTo(6);
  }

  @Test
  void keepsTheLastTwoCheckpointsAndNothingHalfWritten() throws IOException {
    run(TrainingPlan.full(), folder, settings(), new Samples(), STEPS);
    try (var entries = Files.list(folder)) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .containsExactlyInAnyOrder("step-00000008", "step-00000012", "best.safetensors");
    }
  }

  @Test
  void passesOverADamagedCheckpointAndSaysSo() throws IOException {
    var whole = run(TrainingPlan.full(), folder.resolve("whole"), settings(), new Samples(), 12);
    var damaged = folder.resolve("damaged");
    run(TrainingPlan.full(), damaged, settings(), new Samples(), 9);
    var state = damaged.resolve("step-00000009/state.safetensors");
    var bytes = Files.readAllBytes(state);
    bytes[bytes.length / 2] ^= 1;
    Files.write(state, bytes);
    heard.events.clear();

    var again = run(TrainingPlan.full(), damaged, settings(), new Samples(), STEPS);
    assertThat(heard.events.getFirst())
        .isEqualTo("rejected step-00000009 state.safetensors is not what was written");
    assertThat(heard.steps()).hasSize(4).first().asString().startsWith("stepped 9 ");
    assertSame(again, whole);
  }

  @Test
  void passesOverACheckpointWithoutAManifestOrWithAFileTooMany() throws IOException {
    run(TrainingPlan.only(List.of("classifier")), folder, settings(), new Samples(), 9);
    Files.delete(folder.resolve("step-00000009/manifest.json"));
    Files.writeString(folder.resolve("step-00000008/more.txt"), "x");
    heard.events.clear();
    run(TrainingPlan.only(List.of("classifier")), folder, settings(), new Samples(), STEPS);
    assertThat(heard.events.stream().filter(event -> event.startsWith("rejected")))
        .containsExactly(
            "rejected step-00000009 there is no manifest.json",
            "rejected step-00000008 4 files, 3 in the manifest");
    assertThat(heard.steps()).hasSize(STEPS);
  }

  @Test
  void refusesACheckpointOfAnotherTraining() throws IOException {
    run(TrainingPlan.only(List.of("classifier")), folder, settings(), new Samples(), 5);
    assertThatThrownBy(() -> run(TrainingPlan.full(), folder, settings(), new Samples(), STEPS))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("another model or other settings");
    var faster = Schedule.linear(2e-3, 2, STEPS);
    assertThatThrownBy(() ->
            run(
                TrainingPlan.only(List.of("classifier")),
                folder,
                new LoopSettings(faster, new Looks(3, 4, 0), 3, 1),
                new Samples(),
                STEPS))
        .isInstanceOf(Refused.class);
  }

  @Test
  void aRunThatIsDoneStaysDone() throws IOException {
    var plan = TrainingPlan.only(List.of("classifier"));
    var first = run(plan, folder, settings(), new Samples(), STEPS);
    heard.events.clear();
    var again = run(plan, folder, settings(), new Samples(), STEPS);
    assertThat(again.outcome()).isEqualTo(first.outcome());
    assertThat(heard.steps()).isEmpty();
  }

  @Test
  void stopsAsDivergedAfterStepsWithoutFiniteNumbers() throws IOException {
    var ran = run(TrainingPlan.full(), folder, settings(), new Samples(Set.of(2, 4, 5, 6)), STEPS);
    assertThat(ran.outcome()).isEqualTo(new Outcome.Diverged(6));
  }

  @Test
  void forgivesSingleStepsWithoutFiniteNumbers() throws IOException {
    var ran = run(TrainingPlan.full(), folder, settings(), new Samples(Set.of(2, 4, 5)), STEPS);
    assertThat(ran.outcome()).isInstanceOf(Outcome.Finished.class);
    for (var values : ran.weights().values())
      for (float value : values) assertThat(value).isFinite();
  }

  @Test
  void prefetchingChangesNothing() throws IOException {
    var plain = run(TrainingPlan.full(), folder.resolve("plain"), settings(), new Samples(), STEPS);
    try (var prefetch = new Prefetch(new Samples())) {
      var ahead = run(TrainingPlan.full(), folder.resolve("ahead"), settings(), prefetch, STEPS);
      assertSame(ahead, plain);
    }
  }

  @Test
  void aBatchThatCannotBeReadEndsTheRunWithItsCause() {
    var failing =
        new Samples() {
          @Override
          public Batch training(int step) {
            if (step == 3) throw new IllegalStateException("image 7 is gone");
            return super.training(step);
          }
        };
    try (var prefetch = new Prefetch(failing)) {
      assertThatThrownBy(() ->
              run(TrainingPlan.only(List.of("classifier")), folder, settings(), prefetch, STEPS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("image 7 is gone");
    }
  }

  private record Ran(Outcome outcome, Map<String, float[]> weights) {}

  private static void assertSame(Ran actual, Ran expected) {
    assertThat(actual.weights().keySet()).isEqualTo(expected.weights().keySet());
    expected
        .weights()
        .forEach(
            (name, values) -> assertThat(actual.weights().get(name)).as(name).isEqualTo(values));
  }

  private Ran run(TrainingPlan plan, Path target, LoopSettings settings, Batches batches, int steps)
      throws IOException {
    return run(plan, AdamW.UNCLIPPED.clippedAt(1), target, settings, batches, steps);
  }

  private Ran run(
      TrainingPlan plan,
      Optimizer optimizer,
      Path target,
      LoopSettings settings,
      Batches batches,
      int steps)
      throws IOException {
    var family = withDropout();
    var weights = StartingWeights.of(vit, vit.labels(), plan, 1);
    try (var session = TrainingSession.open(family, plan, Mode.TRAIN, optimizer, weights)) {
      int[] asked = {0};
      var outcome =
          new TrainingLoop(session, batches, settings, target, heard, () -> asked[0]++ == steps)
              .run();
      var values = new TreeMap<String, float[]>();
      for (var parameter : session.graph().parameters())
        values.put(parameter.name(), session.tensor(parameter.name()).floats());
      return new Ran(outcome, values);
    }
  }

  private Family withDropout() {
    var json = vit.config().json();
    json.put("hidden_dropout_prob", 0.1);
    json.put("attention_probs_dropout_prob", 0.1);
    return Families.of(ModelConfig.of(json));
  }

  private static LoopSettings settings() {
    return new LoopSettings(Schedule.cosine(1e-3, 2, STEPS), new Looks(3, 4, 0), 3, 1);
  }

  /** Noise with labels; the same for the same step. */
  private static class Samples implements Batches {

    private final Set<Integer> broken;

    Samples() {
      this(Set.of());
    }

    /** {@code broken}: steps whose pixels are not numbers. */
    Samples(Set<Integer> broken) {
      this.broken = broken;
    }

    @Override
    public Batch training(int step) {
      var batch = images(step);
      if (!broken.contains(step)) return batch;
      var pixels = batch.input("pixel_values").floats();
      pixels[0] = Float.NaN;
      return Batch.images(pixels, 3, 32, batch.input("labels").longs());
    }

    @Override
    public int validationBatches() {
      return 2;
    }

    @Override
    public Batch validation(int index) {
      return images(-1 - index);
    }

    private static Batch images(int seed) {
      var random = new Random(seed);
      var pixels = new float[3 * 3 * 32 * 32];
      for (int i = 0; i < pixels.length; i++) pixels[i] = (float) random.nextGaussian();
      return Batch.images(
          pixels, 3, 32, new long[] {random.nextInt(5), random.nextInt(5), random.nextInt(5)});
    }
  }

  private static final class Heard implements Progress {

    final List<String> events = new ArrayList<>();
    final List<Double> numbers = new ArrayList<>();

    List<String> steps() {
      return steps(events);
    }

    static List<String> steps(List<String> events) {
      return events.stream().filter(event -> event.startsWith("stepped")).toList();
    }

    @Override
    public void stepped(int step, double loss, double rate, double gradientNorm) {
      numbers.addAll(List.of(loss, gradientNorm));
      events.add("stepped " + step + " " + loss + " " + rate + " " + gradientNorm);
    }

    @Override
    public void validated(int step, Metrics metrics, boolean best) {
      events.add("validated " + step + " " + metrics + (best ? " best" : ""));
    }

    @Override
    public void saved(int step, Checkpoint checkpoint) {
      events.add("saved " + step);
    }

    @Override
    public void rejected(Path checkpoint, String reason) {
      events.add("rejected " + checkpoint.getFileName() + " " + reason);
    }
  }
}
