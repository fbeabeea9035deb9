package io.espalier.simulation.store;

import io.espalier.domain.data.DataLayout;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.simulation.store.Rows.Lease;
import java.util.List;

/**
 * What a simulated trainer is told: which task it is, how much to compute at once, and the
 * checkpoint to go on from. What it computes does not matter here, so every one is told to measure.
 */
public final class Specs {

  private static final DataLayout LAYOUT = new DataLayout.ImageFolder();

  static TaskSpec of(Lease lease) {
    var from = lease.from;
    var inputs =
        from == null
            ? List.<NamedBlob>of()
            : List.of(new NamedBlob("checkpoint", new Blob(from.content(), from.step())));
    var micro = lease.task.microBatch;
    int atOnce = micro == null ? lease.task.job.submission.batch() : micro;
    var work = new TaskSpec.Profile(List.of(), atOnce, 0, 0);
    return new TaskSpec(lease.task.job.id, lease.task.id, "cpu", 1, inputs, LAYOUT, work);
  }

  /** Samples that are computed at once. */
  public static int atOnce(TaskSpec spec) {
    return spec.work() instanceof TaskSpec.Profile(_, var batchSize, _, _) ? batchSize : 1;
  }

  /** The step to go on from. */
  public static int fromStep(TaskSpec spec) {
    return spec.inputs().isEmpty() ? 0 : Math.toIntExact(spec.inputs().getFirst().blob().bytes());
  }

  private Specs() {}
}
