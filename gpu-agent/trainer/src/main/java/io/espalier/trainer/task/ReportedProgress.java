package io.espalier.trainer.task;

import io.espalier.domain.wire.TrainerEvent;
import io.espalier.domain.wire.TrainerEvent.Point;
import io.espalier.trainer.loop.Checkpoint;
import io.espalier.trainer.loop.Metrics;
import io.espalier.trainer.loop.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Turns what the loop tells into events; long runs tell the mean of several steps at once. */
final class ReportedProgress implements Progress {

  private static final int MOST_POINTS = 400;

  private final TaskContext context;
  private final int maxSteps;
  private final int every;
  private double lossSum;
  private int summed;

  ReportedProgress(TaskContext context, int maxSteps) {
    this.context = context;
    this.maxSteps = maxSteps;
    this.every = Math.ceilDiv(maxSteps, MOST_POINTS);
  }

  @Override
  public void stepped(int step, double loss, double rate, double gradientNorm) {
    lossSum += loss;
    summed++;
    if (step % every != 0 && step != maxSteps) {
      return;
    }
    var events = context.events();
    if (Double.isFinite(lossSum) && Double.isFinite(gradientNorm)) {
      events.append(
          new TrainerEvent.Metrics(
              events.now(),
              step,
              List.of(
                  new Point("train/loss", lossSum / summed),
                  new Point("train/lr", rate),
                  new Point("train/grad_norm", gradientNorm))));
    } else {
      events.warn("step %d was not finite and changed nothing".formatted(step));
    }
    events.append(new TrainerEvent.Progress(events.now(), "training", step, maxSteps));
    lossSum = 0;
    summed = 0;
  }

  @Override
  public void validated(int step, Metrics metrics, boolean best) {
    var events = context.events();
    events.append(
        new TrainerEvent.Metrics(
            events.now(),
            step,
            List.of(
                new Point("validation/loss", metrics.loss()),
                new Point("validation/" + metrics.metric().key(), metrics.value()))));
  }

  @Override
  public void saved(int step, Checkpoint checkpoint) {
    var events = context.events();
    try {
      events.append(
          new TrainerEvent.Checkpoint(events.now(), step, context.folder().named(checkpoint)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void rejected(Path checkpoint, String reason) {
    context
        .events()
        .warn("checkpoint %s is not used: %s".formatted(checkpoint.getFileName(), reason));
  }
}
