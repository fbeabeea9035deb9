package io.espalier.trainer.metric;

import java.util.OptionalDouble;

/** Hits, answers and questions of each class. */
final class Counts {

  private final long[] hits;
  private final long[] told;
  private final long[] wanted;

  Counts(int classes) {
    hits = new long[classes];
    told = new long[classes];
    wanted = new long[classes];
  }

  /** A sample of one class was given one class. */
  void add(int answer, int question, long times) {
    told[answer] += times;
    wanted[question] += times;
    if (answer == question) hits[answer] += times;
  }

  /** Of one class it was said that it applies, and wanted that it does. */
  void add(int label, boolean answer, boolean question, long times) {
    if (answer) told[label] += times;
    if (question) wanted[label] += times;
    if (answer && question) hits[label] += times;
  }

  /** Classes that neither occur nor are told have no say where {@code onlySeen}. */
  OptionalDouble macroF1(boolean onlySeen) {
    double sum = 0;
    int classes = 0;
    for (int label = 0; label < hits.length; label++) {
      long both = told[label] + wanted[label];
      if (both == 0 && onlySeen) continue;
      sum += both == 0 ? 0 : 2.0 * hits[label] / both;
      classes++;
    }
    return classes == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / classes);
  }

  OptionalDouble microF1() {
    long hit = 0, both = 0;
    for (int label = 0; label < hits.length; label++) {
      hit += hits[label];
      both += told[label] + wanted[label];
    }
    return both == 0 ? OptionalDouble.empty() : OptionalDouble.of(2.0 * hit / both);
  }
}
