package io.espalier.trainer.task;

import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.Features;
import java.util.function.Function;

/** Runs samples through a model, batch by batch. */
final class Extraction {

  private static final int BATCH = 64;

  private final TrainingSession session;
  private final Lease lease;

  Extraction(TrainingSession session, Lease lease) {
    this.session = session;
    this.lease = lease;
  }

  /** What the head sees of each sample. */
  Features features(Selection samples, int classes) throws Stopped {
    float[] values = run(samples, Selection::batch, "features", "features");
    return features(samples, classes, values);
  }

  /** What it sees of each sample in another view of it, such as an image's mirror image. */
  Features features(Selection samples, int classes, Function<int[], Batch> view) throws Stopped {
    float[] values = run(samples, some -> view.apply(some.indices()), "features", "features");
    return features(samples, classes, values);
  }

  private static Features features(Selection samples, int classes, float[] values) {
    return new Features(values.length / samples.size(), values, samples.labels(), classes);
  }

  /** The logits of all samples: (samples, classes), row by row. */
  float[] logits(Samples samples) throws Stopped {
    return run(samples.all(), Selection::batch, "predict", "logits");
  }

  /** Samples of like length go together; the results are in the order of the samples. */
  private float[] run(
      Selection samples, Function<Selection, Batch> view, String method, String output)
      throws Stopped {
    int[] order = samples.byLength();
    Selection sorted = samples.at(order);
    float[] all = new float[0];
    int width = 0;
    for (int from = 0; from < order.length; from += BATCH) {
      if (lease.isOver()) {
        throw new Stopped();
      }
      int to = Math.min(order.length, from + BATCH);
      Batch batch = view.apply(sorted.part(from, to));
      float[] some = session.forward(method, batch).tensor(output).floats();
      if (from == 0) {
        width = some.length / (to - from);
        all = new float[Math.multiplyExact(width, order.length)];
      }
      for (int row = from; row < to; row++) {
        System.arraycopy(some, (row - from) * width, all, order[row] * width, width);
      }
    }
    return all;
  }
}
