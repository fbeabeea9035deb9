package io.espalier.trainer.task;

import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.data.Targets;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.Features;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** Runs samples through a model, batch by batch. */
final class Extraction {

  private static final int BATCH = 64;

  private final TrainingSession session;
  private final BooleanSupplier over;

  /** Stops where the lease is over. */
  Extraction(TrainingSession session, Lease lease) {
    this(session, lease::isOver);
  }

  private Extraction(TrainingSession session, BooleanSupplier over) {
    this.session = session;
    this.over = over;
  }

  /** Goes on to the end. */
  static Extraction unleased(TrainingSession session) {
    return new Extraction(session, () -> false);
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
    return samples.targets() instanceof Targets.OfClasses of
        ? new Features(values.length / samples.size(), values, of.array(), classes)
        : Features.unlabelled(values.length / samples.size(), values);
  }

  /** The answers to all samples. */
  List<float[]> logits(Samples samples) throws Stopped {
    return logits(samples, _ -> {});
  }

  /** The same; hears how many are answered. */
  List<float[]> logits(Samples samples, IntConsumer done) throws Stopped {
    int[] order = samples.all().byLength();
    Selection sorted = samples.all().at(order);
    List<float[]> answers = new ArrayList<>(Collections.nCopies(order.length, new float[0]));
    for (int from = 0; from < order.length; from += BATCH) {
      if (over.getAsBoolean()) {
        throw new Stopped();
      }
      Selection part = sorted.part(from, Math.min(order.length, from + BATCH));
      List<float[]> some = part.answers(session.forward("predict", part.batch()).logits());
      for (int row = 0; row < some.size(); row++) {
        answers.set(order[from + row], some.get(row));
      }
      done.accept(from + some.size());
    }
    return answers;
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
      if (over.getAsBoolean()) {
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
