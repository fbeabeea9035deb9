package io.espalier.trainer.task;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** One line at a terminal that says how far something is. */
final class ProgressLine {

  private final @Nullable PrintWriter out;
  private final String what;
  private final int total;

  /** {@code out}: null where nothing is to be shown. */
  ProgressLine(@Nullable PrintWriter out, String what, int total) {
    this.out = out;
    this.what = what;
    this.total = total;
  }

  /** Ends the line when all is done. */
  void at(int done) {
    if (out == null) return;
    out.printf("\r%s %d/%d %s ", Bar.of(done, total), done, total, what);
    if (done == total) out.println();
    out.flush();
  }
}
