package io.espalier.trainer.probe;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth function from its gradients, remembering the last ten steps. Nocedal and
 * Wright, Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5, with backtracking.
 */
final class Lbfgs {

  /** Something to minimise. */
  interface Function {
    /** The value at {@code w}; its gradient is written to {@code gradient}. */
    double at(double[] w, double[] gradient);
  }

  private static final int MEMORY = 10;
  private static final double ARMIJO = 1e-4;
  private static final int MOST_HALVINGS = 30;

  private final int iterations;
  private final double enough;
  private final Deque<Pair> pairs = new ArrayDeque<>();

  /**
   * @param enough the search ends when no element of the gradient exceeds it
   */
  Lbfgs(int iterations, double enough) {
    this.iterations = iterations;
    this.enough = enough;
  }

  /** A step and how the gradient changed along it. */
  private static final class Pair {

    final double[] step;
    final double[] change;
    final double curvature;

    Pair(double[] step, double[] change) {
      this.step = step;
      this.change = change;
      this.curvature = dot(step, change);
    }
  }

  double[] minimise(Function function, double[] start) {
    double[] w = start.clone();
    double[] gradient = new double[w.length];
    double value = function.at(w, gradient);
    for (int i = 0; i < iterations && largest(gradient) > enough; i++) {
      double[] direction = direction(gradient);
      double slope = dot(direction, gradient);
      double length = pairs.isEmpty() ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
      double[] next = new double[w.length];
      double[] nextGradient = new double[w.length];
      double nextValue = Double.POSITIVE_INFINITY;
      for (int halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
        for (int j = 0; j < w.length; j++) {
          next[j] = w[j] + length * direction[j];
        }
        nextValue = function.at(next, nextGradient);
        if (nextValue <= value + ARMIJO * length * slope) {
          break;
        }
      }
      if (!(nextValue < value)) {
        return w;
      }
      remember(new Pair(difference(next, w), difference(nextGradient, gradient)));
      w = next;
      gradient = nextGradient;
      value = nextValue;
    }
    return w;
  }

  /** The two loops: minus the inverse Hessian that the remembered pairs suggest, times gradient. */
  private double[] direction(double[] gradient) {
    double[] q = gradient.clone();
    double[] alphas = new double[pairs.size()];
    int index = 0;
    for (Pair pair : pairs) {
      double alpha = dot(pair.step, q) / pair.curvature;
      alphas[index++] = alpha;
      add(q, -alpha, pair.change);
    }
    if (!pairs.isEmpty()) {
      Pair last = pairs.getFirst();
      double scale = last.curvature / dot(last.change, last.change);
      for (int i = 0; i < q.length; i++) {
        q[i] *= scale;
      }
    }
    for (Iterator<Pair> oldest = pairs.descendingIterator(); oldest.hasNext(); ) {
      Pair pair = oldest.next();
      double beta = dot(pair.change, q) / pair.curvature;
      add(q, alphas[--index] - beta, pair.step);
    }
    for (int i = 0; i < q.length; i++) {
      q[i] = -q[i];
    }
    return q;
  }

  /** Newest first; a pair without curvature would break the next direction. */
  private void remember(Pair pair) {
    if (pair.curvature > 1e-14) {
      pairs.addFirst(pair);
      if (pairs.size() > MEMORY) {
        pairs.removeLast();
      }
    }
  }

  private static double[] difference(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private static void add(double[] to, double factor, double[] what) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * what[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double largest(double[] a) {
    double largest = 0;
    for (double value : a) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
