package io.espalier.trainer.task;

import io.espalier.trainer.data.ImageSet;
import io.espalier.trainer.data.Selection;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.probe.Features;
import java.util.function.Function;

/** Runs images through a model, batch by batch. */
final class Extraction {

  private static final int BATCH = 64;

  private final TrainingSession session;
  private final Lease lease;

  Extraction(TrainingSession session, Lease lease) {
    this.session = session;
    this.lease = lease;
  }

  /** What the head sees of each image. */
  Features features(Selection images, int classes) throws Stopped {
    return features(images, classes, Selection::batch);
  }

  /** What it sees of each image in another view of it, such as its mirror image. */
  Features features(Selection images, int classes, Function<Selection, Batch> view) throws Stopped {
    float[] values = run(images, view, "features", "features");
    return new Features(values.length / images.size(), values, images.labels(), classes);
  }

  /** The logits of all images: (images, classes), row by row. */
  float[] logits(ImageSet images) throws Stopped {
    return run(images.all(), Selection::batch, "predict", "logits");
  }

  private float[] run(
      Selection images, Function<Selection, Batch> view, String method, String output)
      throws Stopped {
    float[] all = new float[0];
    int width = 0;
    for (int from = 0; from < images.size(); from += BATCH) {
      if (lease.isOver()) {
        throw new Stopped();
      }
      int to = Math.min(images.size(), from + BATCH);
      Batch batch = view.apply(images.part(from, to));
      float[] some = session.forward(method, batch).tensor(output).floats();
      if (from == 0) {
        width = some.length / (to - from);
        all = new float[Math.multiplyExact(width, images.size())];
      }
      System.arraycopy(some, 0, all, from * width, some.length);
    }
    return all;
  }
}
