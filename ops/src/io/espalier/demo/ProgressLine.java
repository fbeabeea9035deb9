package io.espalier.demo;

import io.espalier.house.Rest;
import java.io.Console;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Follows a job: one line that is rewritten on a terminal, a line per news in a log. */
final class ProgressLine {

  private static final Set<String> ENDS = Set.of("SUCCEEDED", "FAILED", "CANCELLED");
  private static final long LOOK_MILLIS = 500;

  private final boolean terminal;
  private final long start = System.nanoTime();
  private String shown = "";

  ProgressLine() {
    Console console = System.console();
    terminal = console != null && console.isTerminal();
  }

  /** Returns the job once it has ended. */
  JsonNode follow(Platform platform, String id)
      throws IOException, InterruptedException, Rest.Refusal {
    while (true) {
      JsonNode job = platform.job(id);
      show(job);
      if (ENDS.contains(job.path("state").asString())) {
        if (terminal) System.out.println();
        return job;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private void show(JsonNode job) {
    String news = job.path("state").asString().toLowerCase(Locale.ROOT) + what(job);
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    if (terminal) {
      System.out.printf("\r\033[K%4d s  %s", seconds, news);
      System.out.flush();
    } else if (!stage(news).equals(stage(shown))) {
      System.out.printf("%4d s  %s%n", seconds, news);
    }
    shown = news;
  }

  /** In a log, counting steps would be one line each: only what changes besides numbers is news. */
  private static String stage(String news) {
    return news.replaceAll("\\d+", "");
  }

  private static String what(JsonNode job) {
    JsonNode waiting = job.path("whyWaiting");
    if (waiting.isObject()) return ": " + waiting.path("sentence").asString();
    JsonNode running = job.path("running");
    JsonNode progress = running.path("progress");
    if (!progress.isObject()) return "";
    return ": %s %d of %d"
        .formatted(
            progress.path("phase").asString(),
            progress.path("done").asInt(),
            progress.path("total").asInt());
  }
}
