package io.espalier.trainer.task;

import io.espalier.domain.wire.TrainerEvent.Sample;
import io.espalier.trainer.data.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a model says of labelled samples. */
final class Predictions {

  private static final int SHOWN_OF_EACH_KIND = 8;

  private final Samples samples;
  private final List<String> classes;
  private final int[] predicted;
  private final double[] confidence;

  /**
   * @param logits (samples, classes), row by row
   */
  Predictions(Samples samples, List<String> classes, float[] logits) {
    this.samples = samples;
    this.classes = classes;
    this.predicted = new int[samples.size()];
    this.confidence = new double[samples.size()];
    for (int row = 0; row < samples.size(); row++) {
      int from = row * classes.size();
      int best = 0;
      for (int label = 1; label < classes.size(); label++) {
        if (logits[from + label] > logits[from + best]) {
          best = label;
        }
      }
      double sum = 0;
      for (int label = 0; label < classes.size(); label++) {
        sum += Math.exp(logits[from + label] - logits[from + best]);
      }
      predicted[row] = best;
      confidence[row] = 1 / sum;
    }
  }

  double accuracy() {
    long right = rows().filter(this::isRight).count();
    return right / (double) Math.max(1, samples.size());
  }

  /** Of always naming the most frequent class. */
  double chance() {
    return samples.chance(classes.size());
  }

  /** Rows are true classes, columns are predicted ones. */
  List<List<Integer>> confusion() {
    int[][] counts = new int[classes.size()][classes.size()];
    rows().forEach(row -> counts[samples.label(row)][predicted[row]]++);
    return Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList();
  }

  /** The surest mistakes first, then the surest right answers. */
  List<Sample> samplesToShow() {
    List<Sample> shown = new ArrayList<>();
    for (boolean right : new boolean[] {false, true}) {
      rows()
          .filter(row -> isRight(row) == right)
          .boxed()
          .sorted(Comparator.comparingDouble((Integer row) -> confidence[row]).reversed())
          .limit(SHOWN_OF_EACH_KIND)
          .forEach(row -> shown.add(sample(row)));
    }
    return shown;
  }

  private Sample sample(int row) {
    return new Sample(
        samples.name(row),
        classes.get(samples.label(row)),
        classes.get(predicted[row]),
        confidence[row]);
  }

  private IntStream rows() {
    return IntStream.range(0, samples.size());
  }

  private boolean isRight(int row) {
    return predicted[row] == samples.label(row);
  }
}
