package io.espalier.trainer.task;

import io.espalier.trainer.data.Ahead;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.data.Targets;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

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
    List<float[]> answers = new ArrayList<>(Collections.nCopies(order.length, new float[0]));
    parts(
        samples.all().at(order),
        Selection::batch,
        (from, part, batch) -> {
          List<float[]> some = part.answers(session.forward("predict", batch).logits());
          for (int row = 0; row < some.size(); row++) answers.set(order[from + row], some.get(row));
          done.accept(from + some.size());
        });
    return answers;
  }

  /** Samples of like length go together; the results are in the order of the samples. */
  private float[] run(
      Selection samples, Function<Selection, Batch> view, String method, String output)
      throws Stopped {
    int[] order = samples.byLength();
    float[][] rows = new float[order.length][];
    parts(
        samples.at(order),
        view,
        (from, part, batch) -> {
          float[] some = session.forward(method, batch).tensor(output).floats();
          int width = some.length / part.size();
          for (int row = 0; row < part.size(); row++) {
            rows[order[from + row]] = Arrays.copyOfRange(some, row * width, (row + 1) * width);
          }
        });
    int width = rows.length == 0 ? 0 : rows[0].length;
    float[] all = new float[Math.multiplyExact(width, rows.length)];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, all, row * width, width);
    }
    return all;
  }

  /** What is done with the part that begins at a position. */
  private interface Part {
    void run(int from, Selection part, Batch batch);
  }

  /** One part after the other; the next is read while one is computed. */
  private void parts(Selection samples, Function<Selection, Batch> view, Part work) throws Stopped {
    int size = samples.size();
    IntFunction<Selection> part =
        number -> samples.part(number * BATCH, Math.min(size, (number + 1) * BATCH));
    int parts = Math.ceilDiv(size, BATCH);
    try (var ahead = new Ahead<>(number -> view.apply(part.apply(number)), 0, parts)) {
      for (int number = 0; number < parts; number++) {
        if (over.getAsBoolean()) {
          throw new Stopped();
        }
        work.run(number * BATCH, part.apply(number), ahead.take());
      }
    }
  }
}
