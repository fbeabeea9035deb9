package io.espalier.trainer.probe;

import io.espalier.trainer.data.Unit;
import java.util.List;

/** What a linear head is to tell of each row of features, and how far off an answer is. */
public sealed interface HeadLoss {

  /** Rows of the head. */
  int outputs();

  /** The loss of a row's logits, which are replaced by the loss's derivative. */
  double of(int row, double[] logits);

  /** The head in the units of what is wanted. */
  default LinearHead unscaled(LinearHead fitted) {
    return fitted;
  }

  /** One class for each row: cross-entropy. */
  record OneClass(int outputs, List<Integer> labels) implements HeadLoss {

    @Override
    public double of(int row, double[] logits) {
      double largest = Double.NEGATIVE_INFINITY;
      for (double logit : logits) {
        largest = Math.max(largest, logit);
      }
      double sum = 0;
      double wanted = logits[labels.get(row)] - largest;
      for (int i = 0; i < logits.length; i++) {
        logits[i] = Math.exp(logits[i] - largest);
        sum += logits[i];
      }
      for (int i = 0; i < logits.length; i++) {
        logits[i] /= sum;
      }
      logits[labels.get(row)] -= 1;
      return Math.log(sum) - wanted;
    }
  }

  /** Any classes for each row: the sum of binary cross-entropies. */
  record SeveralClasses(int outputs, List<boolean[]> sets) implements HeadLoss {

    @Override
    public double of(int row, double[] logits) {
      boolean[] set = sets.get(row);
      double loss = 0;
      for (int i = 0; i < logits.length; i++) {
        double z = logits[i];
        // log(1 + e^z) without overflow
        loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (set[i] ? z : 0);
        logits[i] = 1 / (1 + Math.exp(-z)) - (set[i] ? 1 : 0);
      }
      return loss;
    }
  }

  /** A number for each row: half the squared error, on the numbers' own scale. */
  record Quantity(List<Double> numbers, Unit unit) implements HeadLoss {

    public static Quantity of(List<Double> numbers) {
      return new Quantity(numbers, Unit.of(numbers));
    }

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public double of(int row, double[] logits) {
      double off = logits[0] - unit.scaled(numbers.get(row));
      logits[0] = off;
      return off * off / 2;
    }

    @Override
    public LinearHead unscaled(LinearHead fitted) {
      return fitted.scaled(unit.deviation(), unit.mean());
    }
  }
}
