package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.models.family.Network;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.GraphBuilder;
import io.espalier.models.graph.Initial;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.graph.Value;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.Golden;
import io.espalier.trainer.weights.ModelFolder;
import io.espalier.trainer.weights.StartingWeights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that are written otherwise than the reference writes them give what it gives. */
class OperationsTest {

  @BeforeAll
  static void start() {
    EngineStart.withThreads(1);
  }

  private interface Described {
    void to(GraphBuilder g);
  }

  private record Small(Described described) implements Network {

    @Override
    public void describe(GraphBuilder g) {
      g.stage("all", 0);
      described.to(g);
    }

    @Override
    public double initializerRange() {
      return 0.02;
    }

    @Override
    public SortedMap<String, Graph> forwards(TrainingPlan plan) {
      return new TreeMap<>(Map.of("inspect", graph(plan, Mode.EVAL)));
    }
  }

  /** More logits than are computed at once; a plain loss has a bias of zeros beside its matrix. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void theLossOfAProductIsThatOfItsLogits(double smoothing) throws IOException {
    int rows = 100, classes = 1 << 18, width = 4;
    var random = new Random(1);
    var matrix = normal(random, (long) classes, width);
    var x = normal(random, rows, width);
    var labels = random.longs(rows, 0, classes).toArray();
    labels[3] = -100;
    labels[70] = -100;
    var batch =
        new Batch(
            Map.of("x", x, "labels", Tensor.of(labels, rows)), rows - 2); // two are no question
    var found =
        new Object() {
          double[] losses = new double[2];
          float[][] ofMatrix = new float[2][];
          float[][] ofInner = new float[2][];
        };
    for (int plain = 0; plain < 2; plain++) {
      boolean bias = plain == 1;
      var network =
          new Small(g -> {
            var given = g.input("x", DType.F32, Size.symbol("B"), Size.of(width));
            var inner = g.linear(given, "inner", width, false);
            var logits = g.linear(inner, "head", classes, bias);
            g.output("loss", g.crossEntropy(logits, g.input("labels", DType.I64, Network.B)));
          });
      var identity = new float[width * width];
      for (int i = 0; i < width; i++) identity[i * (width + 1)] = 1;
      var weights =
          Map.of(
              "inner.weight", Tensor.of(identity, width, width),
              "head.weight", matrix,
              "head.bias", Tensor.of(new float[classes], classes));
      var plan = TrainingPlan.full().smoothingLabels(smoothing);
      try (var session = open(network, plan, weights)) {
        var gradients = session.gradients(batch, 1);
        found.ofMatrix[plain] = gradients.get("head.weight").floats();
        found.ofInner[plain] = gradients.get("inner.weight").floats();
        found.losses[plain] = session.step(batch, 1e-3, 1).loss();
      }
    }
    assertThat(found.losses[0]).isCloseTo(found.losses[1], within(1e-5 * found.losses[1]));
    close(found.ofInner[0], found.ofInner[1]);
    close(found.ofMatrix[0], found.ofMatrix[1]);
  }

  @Test
  void dropoutDropsItsShareAndKeepsTheExpectation() throws IOException {
    int count = 200_000;
    double probability = 0.1;
    var network =
        new Small(g -> {
          var w = g.weight("w", Initial.ONES, 1, count);
          var x = g.multiply(g.input("x", DType.F32, Size.of(1), Size.of(count)), w);
          var labels = g.input("labels", DType.F32, Size.of(1), Size.of(count));
          g.output("loss", g.squaredError(g.dropout(x, probability), labels));
        });
    var ones = new float[count];
    Arrays.fill(ones, 1);
    var batch =
        new Batch(
            Map.of("x", Tensor.of(ones, 1, count), "labels", Tensor.of(new float[count], 1, count)),
            1);
    try (var session = open(network, TrainingPlan.full(), Map.of("w", Tensor.of(ones, 1, count)))) {
      var drawn = session.gradients(batch, 7).get("w").floats();
      int dropped = 0;
      // Of the square of what is left: 2 / (1 − p)², or nothing.
      for (float value : drawn) {
        if (value == 0) dropped++;
        else assertThat((double) value).isCloseTo(2 / (0.9 * 0.9), within(1e-5));
      }
      assertThat((double) dropped / count).isCloseTo(probability, within(0.004));
      assertThat(session.gradients(batch, 7).get("w").floats()).isEqualTo(drawn);
      assertThat(session.gradients(batch, 8).get("w").floats()).isNotEqualTo(drawn);
    }
  }

  /** Far from its labels a squared error is all but linear, so means of draws can be compared. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void attentionThatDropsLooksWhereAttentionLooks(boolean causal) throws IOException {
    int places = 6, width = 8;
    var random = new Random(2);
    var weights =
        Map.of(
            "q", normal(random, 1, 1, places, width),
            "k", normal(random, 1, 1, places, width),
            "v", normal(random, 1, 1, places, width));
    var far = new float[places * width];
    Arrays.fill(far, 1e4f);
    var batch =
        new Batch(
            Map.of(
                "mask", Tensor.of(new long[] {1, 1, 1, 1, 0, 0}, 1, places),
                "labels", Tensor.of(far, 1, 1, places, width)),
            1);
    BiFunction<Double, Integer, float[]> mean =
        (dropout, draws) -> {
          try (var session = open(attention(causal, dropout, places, width), weights)) {
            var sum = new float[places * width];
            for (int draw = 0; draw < draws; draw++) {
              var gradient = session.gradients(batch, draw).get("v").floats();
              for (int i = 0; i < sum.length; i++) sum[i] += gradient[i] / draws;
            }
            return sum;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    var plain = mean.apply(0.0, 1);
    var dropping = mean.apply(0.3, 800);
    for (int i = 0; i < plain.length; i++) {
      boolean hidden = !causal && i / width >= 4;
      if (hidden) assertThat(dropping[i]).isZero();
      else assertThat(dropping[i] / plain[i]).as("place " + i / width).isBetween(0.88f, 1.12f);
    }
  }

  private static Network attention(boolean causal, double dropout, int places, int width) {
    return new Small(g -> {
      var heads = new Value[3];
      var names = new String[] {"q", "k", "v"};
      for (int i = 0; i < heads.length; i++)
        heads[i] = g.weight(names[i], Initial.NORMAL, 1, 1, places, width);
      var mask = g.paddingMask(g.input("mask", DType.I64, Size.of(1), Size.of(places)));
      var attended =
          causal
              ? g.causalAttention(heads[0], heads[1], heads[2], dropout)
              : g.attention(heads[0], heads[1], heads[2], mask, dropout);
      var labels =
          g.input("labels", DType.F32, Size.of(1), Size.of(1), Size.of(places), Size.of(width));
      g.output("loss", g.squaredError(attended, labels));
    });
  }

  /** Where nothing trains, norms are part of the convolutions before them. */
  @Test
  void foldedNormsGiveWhatNormsGive() throws IOException {
    try (var arena = Arena.ofShared()) {
      var model = ModelFolder.read(Golden.folder("resnet"), arena);
      var weights = StartingWeights.of(model, model.labels(), TrainingPlan.full(), 1);
      var random = new Random(3);
      var batch = new Batch(Map.of("pixel_values", normal(random, 2, 3, 64, 64)), 2);
      try (var folded = TrainingSession.forInference(model.family(), weights);
          var plain =
              TrainingSession.open(
                  model.family(), TrainingPlan.full(), Mode.EVAL, AdamW.UNCLIPPED, weights)) {
        assertThat(plain.fingerprint()).contains("torch.batch_norm(");
        assertThat(folded.fingerprint()).doesNotContain("torch.batch_norm(");
        close(
            folded.forward("predict", batch).logits().floats(),
            plain.forward("predict", batch).logits().floats());
      }
    }
  }

  private static TrainingSession open(Network network, Map<String, Tensor> weights)
      throws IOException {
    return open(network, TrainingPlan.full(), weights);
  }

  private static TrainingSession open(
      Network network, TrainingPlan plan, Map<String, Tensor> weights) throws IOException {
    var source =
        new TensorSource() {
          @Override
          public Set<String> names() {
            return weights.keySet();
          }

          @Override
          public Tensor tensor(String name) {
            var tensor = weights.get(name);
            if (tensor == null) throw new IllegalArgumentException("no " + name);
            return tensor;
          }
        };
    return TrainingSession.open(network, plan, Mode.TRAIN, AdamW.UNCLIPPED, source);
  }

  private static Tensor normal(Random random, long... shape) {
    var values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    for (int i = 0; i < values.length; i++) values[i] = (float) random.nextGaussian();
    return Tensor.of(values, shape);
  }

  private static void close(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0, difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(found[i] - expected[i]));
    }
    // A sum over as many classes as there may be keeps three digits and a half.
    assertThat(difference).isLessThan(5e-4 * largest);
  }
}
