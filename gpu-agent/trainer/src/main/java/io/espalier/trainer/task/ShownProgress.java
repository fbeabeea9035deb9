package io.espalier.trainer.task;

import io.espalier.trainer.loop.Checkpoint;
import io.espalier.trainer.loop.Metrics;
import io.espalier.trainer.loop.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A training of a model that writes, for a person at a terminal. */
final class ShownProgress implements Progress {

  private final @Nullable PrintWriter out;
  private final int steps;
  private String validated = "";

  /** {@code out}: null where nothing is to be shown. */
  ShownProgress(@Nullable PrintWriter out, int steps) {
    this.out = out;
    this.steps = steps;
  }

  @Override
  public void stepped(int step, double loss, double rate, double gradientNorm) {
    if (out == null) return;
    out.printf(
        Locale.ROOT, "\r%s %d/%d  loss %.4f%s ", Bar.of(step, steps), step, steps, loss, validated);
    if (step == steps) out.println();
    out.flush();
  }

  @Override
  public void validated(int step, Metrics metrics, boolean best) {
    validated =
        String.format(Locale.ROOT, "  validation perplexity %.3f", Math.exp(metrics.loss()));
  }

  @Override
  public void saved(int step, Checkpoint checkpoint) {}

  @Override
  public void rejected(Path checkpoint, String reason) {
    if (out != null) out.printf("%n%s is not used: %s%n", checkpoint, reason);
  }
}
