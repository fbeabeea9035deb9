package io.espalier.trainer.loop;

import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.ChosenClasses;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.metric.TokenLosses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How well a model does on the validation split.
 *
 * @param loss mean over what its head counts
 * @param metric by which the best weights are chosen
 * @param value of that metric
 * @param samples that were judged; tokens where the model writes
 */
public record Metrics(double loss, Metric metric, double value, long samples) {

  /** By the metric; where that is equal, by loss. */
  boolean isBetterThan(Metrics other) {
    return metric.mode().isBetter(value, other.value)
        || (value == other.value && loss < other.loss);
  }

  /** Runs the whole validation split through a classifier. */
  public static Metrics ofClasses(TrainingSession session, Batches batches) {
    double loss = 0;
    var answers = new ArrayList<float[]>();
    var wanted = IntStream.builder();
    for (int i = 0; i < batches.validationBatches(); i++) {
      var batch = batches.validation(i);
      var outputs = session.forward("evaluate", batch);
      loss += outputs.lossSum();
      var labels = batch.input("labels").longs();
      var logits = outputs.logits().floats();
      int classes = logits.length / labels.length;
      for (int row = 0; row < labels.length; row++) {
        answers.add(Arrays.copyOfRange(logits, row * classes, (row + 1) * classes));
        wanted.add((int) labels[row]);
      }
    }
    int classes = answers.isEmpty() ? 0 : answers.getFirst().length;
    var judged = new ChosenClasses(classes, answers, wanted.build().toArray());
    return new Metrics(
        loss / answers.size(), Metric.ACCURACY, judged.value(Metric.ACCURACY), answers.size());
  }

  /** Runs the whole validation split through a model that writes. */
  public static Metrics ofTexts(TrainingSession session, Batches batches) {
    var losses = new double[batches.validationBatches()];
    var tokens = new long[losses.length];
    for (int i = 0; i < losses.length; i++) {
      var batch = batches.validation(i);
      losses[i] = session.forward("loss", batch).lossSum();
      tokens[i] = batch.targets();
    }
    var judged = new TokenLosses(losses, tokens);
    double perplexity = judged.value(Metric.PERPLEXITY);
    return new Metrics(Math.log(perplexity), Metric.PERPLEXITY, perplexity, judged.tokens());
  }
}
