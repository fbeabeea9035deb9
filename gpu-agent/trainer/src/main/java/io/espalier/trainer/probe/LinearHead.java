package io.espalier.trainer.probe;

import java.util.ArrayList;
import java.util.List;

/** A linear layer on features: logits = W·x + b, in the layout of a checkpoint. */
public final class LinearHead {

  private final int classes;
  private final int width;
  private final float[] weight;
  private final float[] bias;

  LinearHead(int classes, int width, float[] weight, float[] bias) {
    this.classes = classes;
    this.width = width;
    this.weight = weight;
    this.bias = bias;
  }

  /** (classes, width), row by row. */
  public float[] weight() {
    return weight.clone();
  }

  /** (classes). */
  public float[] bias() {
    return bias.clone();
  }

  /** Length of the longest row of weights: how far a change of the features moves a logit. */
  public double steepness() {
    double most = 0;
    for (int label = 0; label < classes; label++) {
      double squares = 0;
      for (int column = 0; column < width; column++) {
        squares += Math.pow(weight[label * width + column], 2);
      }
      most = Math.max(most, Math.sqrt(squares));
    }
    return most;
  }

  /** The same answers times a factor, and moved. */
  LinearHead scaled(double factor, double shift) {
    float[] steeper = new float[weight.length];
    float[] moved = new float[bias.length];
    for (int i = 0; i < weight.length; i++) {
      steeper[i] = (float) (factor * weight[i]);
    }
    for (int i = 0; i < bias.length; i++) {
      moved[i] = (float) (factor * bias[i] + shift);
    }
    return new LinearHead(classes, width, steeper, moved);
  }

  /** Its answers to all rows. */
  public List<float[]> logits(Features features) {
    List<float[]> all = new ArrayList<>();
    for (int row = 0; row < features.size(); row++) {
      float[] answer = new float[classes];
      for (int label = 0; label < classes; label++) {
        answer[label] = (float) logit(features, row, label);
      }
      all.add(answer);
    }
    return all;
  }

  private double logit(Features features, int row, int label) {
    double logit = bias[label];
    for (int column = 0; column < width; column++) {
      logit += weight[label * width + column] * features.value(row, column);
    }
    return logit;
  }

  /** The class with the largest logit. */
  int predict(Features features, int row) {
    int best = 0;
    double bestLogit = Double.NEGATIVE_INFINITY;
    for (int label = 0; label < classes; label++) {
      double logit = logit(features, row, label);
      if (logit > bestLogit) {
        best = label;
        bestLogit = logit;
      }
    }
    return best;
  }

  /** Share of rows whose class it names. */
  public double accuracy(Features features) {
    int right = 0;
    for (int row = 0; row < features.size(); row++) {
      if (predict(features, row) == features.label(row)) {
        right++;
      }
    }
    return right / (double) Math.max(1, features.size());
  }
}
