package io.espalier.trainer.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.espalier.domain.selection.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProbeTest {

  /** Three classes around three points of a plane, 4 further columns of noise, far from zero. */
  private static Features clusters(int samples, double spread, long seed) {
    Random random = new Random(seed);
    float[] values = new float[samples * 6];
    int[] labels = new int[samples];
    for (int row = 0; row < samples; row++) {
      labels[row] = row % 3;
      double angle = 2 * Math.PI * labels[row] / 3;
      values[row * 6] = (float) (100 + Math.cos(angle) + spread * random.nextGaussian());
      values[row * 6 + 1] = (float) (1000 * (Math.sin(angle) + spread * random.nextGaussian()));
      for (int i = 2; i < 5; i++) {
        values[row * 6 + i] = (float) random.nextGaussian();
      }
      values[row * 6 + 5] = 7;
    }
    return new Features(6, values, labels, 3);
  }

  private static LinearFit fitted(Features features) {
    return new LinearFit(features, features.wanted());
  }

  @Test
  void findsWhatSeparatesClassesWhateverTheScaleOfColumns() {
    LinearHead head = fitted(clusters(300, 0.2, 1)).fit(0.01);

    assertThat(head.accuracy(clusters(300, 0.2, 2))).isGreaterThan(0.97);
  }

  /** One binary column without penalty: the fitted probabilities are the observed shares. */
  @Test
  void agreesWithTheSolutionByHand() {
    float[] values = new float[100];
    int[] labels = new int[100];
    for (int i = 0; i < 100; i++) {
      values[i] = i < 40 ? 0 : 1;
      labels[i] = i < 10 || (i >= 40 && i < 85) ? 1 : 0; // 10 of 40, 45 of 60
    }

    LinearHead head = fitted(new Features(1, values, labels, 2)).fit(1e-9);

    double atZero = head.bias()[1] - head.bias()[0];
    double atOne = atZero + head.weight()[1] - head.weight()[0];
    assertThat(atZero).isCloseTo(Math.log(10 / 30.0), within(1e-2));
    assertThat(atOne).isCloseTo(Math.log(45 / 15.0), within(1e-2));
  }

  /** The same shares, as a set of one class: the logit of each group by itself. */
  @Test
  void eachClassOfASetIsFittedByItself() {
    float[] values = new float[100];
    List<boolean[]> sets = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      values[i] = i < 40 ? 0 : 1;
      sets.add(new boolean[] {i < 10 || (i >= 40 && i < 85), i % 4 == 0});
    }

    LinearHead head =
        new LinearFit(Features.unlabelled(1, values), new HeadLoss.SeveralClasses(2, sets))
            .fit(1e-9);

    assertThat(head.bias()[0]).isCloseTo((float) Math.log(10 / 30.0), within(1e-2f));
    assertThat(head.bias()[0] + head.weight()[0])
        .isCloseTo((float) Math.log(45 / 15.0), within(1e-2f));
    assertThat(head.bias()[1]).isCloseTo((float) Math.log(1 / 3.0), within(1e-2f));
    assertThat(head.weight()[1]).isCloseTo(0, within(2e-2f));
  }

  @Test
  void aLineIsFoundInTheUnitsOfItsNumbers() {
    Random random = new Random(1);
    float[] values = new float[300];
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      values[i] = (float) random.nextGaussian();
      numbers.add(50_000 + 3000 * values[i] + random.nextGaussian());
    }

    LinearHead head =
        new LinearFit(Features.unlabelled(1, values), HeadLoss.Quantity.of(numbers)).fit(1e-9);

    assertThat(head.weight()[0]).isCloseTo(3000, within(2f));
    assertThat(head.bias()[0]).isCloseTo(50_000, within(2f));
  }

  @Test
  void strongPenaltyLeavesOnlyTheShareOfClasses() {
    LinearHead head = fitted(clusters(300, 0.2, 1)).fit(1e6);

    for (float weight : head.weight()) {
      assertThat(weight).isCloseTo(0, within(1e-3f));
    }
  }

  @Test
  void crossValidationTellsSignalFromNone() {
    Estimate clear = CrossValidation.accuracy(clusters(150, 0.2, 1), 5, 3);
    Estimate none = CrossValidation.accuracy(clusters(150, 50, 1), 5, 3);

    assertThat(clear.mean()).isGreaterThan(0.95);
    assertThat(none.mean()).isBetween(0.2, 0.5);
    assertThat(none.standardError()).isBetween(0.005, 0.1);
    assertThat(CrossValidation.accuracy(clusters(150, 50, 1), 5, 3)).isEqualTo(none);
  }

  @Test
  void nearestNeighbourSkipsTheSampleItself() {
    assertThat(NearestNeighbour.accuracy(clusters(150, 0.1, 1))).isGreaterThan(0.8);
    assertThat(NearestNeighbour.accuracy(clusters(150, 50, 1))).isLessThan(0.6);
  }

  @Test
  void changedSamplesAreComparedWithTheOthersOnly() {
    Features clear = clusters(150, 0.1, 1);
    Features shuffled = clusters(150, 50, 2);

    assertThat(NearestNeighbour.accuracy(clear, clear)).isEqualTo(NearestNeighbour.accuracy(clear));
    assertThat(NearestNeighbour.accuracy(clear, shuffled)).isLessThan(0.6);
  }

  @Test
  void chanceIsTheShareOfTheLargestClass() {
    assertThat(new Features(1, new float[4], new int[] {0, 1, 1, 1}, 2).chance()).isEqualTo(0.75);
  }
}
