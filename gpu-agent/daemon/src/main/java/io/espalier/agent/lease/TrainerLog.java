package io.espalier.agent.lease;

import io.espalier.domain.wire.TrainerEvent.Log;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a trainer printed, made harmless. It repeats file names and library messages that came out
 * of hostile data: terminal sequences and control characters are removed, long lines are cut, and
 * there is an end to how many are passed on.
 */
final class TrainerLog {

  /** Lines of one run that are passed on. */
  static final int MOST_LINES = 10_000;

  private static final int LONGEST_LINE = 8_192;
  private static final int LAST_WORDS_LINES = 15;
  private static final int LAST_WORDS_LENGTH = 2_000;

  /**
   * ECMA-48 control sequences, then every control or invisible formatting character but the tab.
   */
  private static final Pattern HARMFUL =
      Pattern.compile("\\u001b\\[[0-?]*[ -/]*[@-~]|[\\p{Cc}\\p{Cf}&&[^\\t]]");

  static List<Line> after(Path file, long offset, Line.Tail tail) throws IOException {
    return Line.after(file, offset, LONGEST_LINE, tail);
  }

  static Log event(Instant at, Line line) {
    return new Log(at, "INFO", harmless(line.text()));
  }

  static String harmless(String text) {
    return HARMFUL.matcher(text).replaceAll("");
  }

  /** The end of the log, for the problem of a trainer that died. */
  static String lastWords(Path file) throws IOException {
    var last = new ArrayDeque<String>();
    long offset = 0;
    for (List<Line> lines = after(file, offset, Line.Tail.TAKE);
        !lines.isEmpty();
        lines = after(file, offset, Line.Tail.TAKE)) {
      for (Line line : lines) {
        last.add(harmless(line.text()));
        if (last.size() > LAST_WORDS_LINES) last.remove();
      }
      offset = lines.getLast().end();
    }
    String text = String.join("\n", last);
    return text.substring(Math.max(0, text.length() - LAST_WORDS_LENGTH));
  }

  private TrainerLog() {}
}
