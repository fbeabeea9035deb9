package io.espalier.trainer.task;

import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The events of a task for a person at a terminal, while it runs. */
final class ShownEvents {

  private static final JsonMapper JSON = new JsonMapper();
  private static final long LOOK_EVERY_MILLIS = 300;

  private final Path file;
  private final @Nullable PrintWriter out;
  private int read;
  private @Nullable TrainerEvent last;
  private String points = "";
  private final Map<String, Double> values = new HashMap<>();

  /** {@code out}: null where nothing is to be shown. */
  ShownEvents(Path file, @Nullable PrintWriter out) {
    this.file = file;
    this.out = out;
  }

  /** Until it is interrupted. */
  void follow() {
    try {
      while (true) {
        look();
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What came since, and the last event of all. */
  @Nullable TrainerEvent rest() throws IOException {
    look();
    if (out != null) out.println();
    return last;
  }

  /** The last value of a curve; empty where it has none. */
  synchronized OptionalDouble value(String curve) {
    var value = values.get(curve);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private synchronized void look() throws IOException {
    if (!Files.exists(file)) return;
    var text = Files.readString(file, StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n') + 1;
    var news = text.substring(Math.min(read, end), end);
    read = end;
    news.lines().map(line -> JSON.readValue(line, TrainerEvent.class)).forEach(this::show);
  }

  private void show(TrainerEvent event) {
    last = event;
    if (event instanceof TrainerEvent.Metrics metrics)
      metrics.points().forEach(point -> values.put(point.name(), point.value()));
    if (out == null) return;
    switch (event) {
      case TrainerEvent.Log log -> out.printf("\r%s%n", log.text());
      case TrainerEvent.Metrics metrics ->
          points =
              metrics.points().stream()
                  .filter(point -> !point.name().endsWith("grad_norm"))
                  .map(point -> String.format(Locale.ROOT, "%s %.4g", point.name(), point.value()))
                  .collect(Collectors.joining("  "));
      case TrainerEvent.Progress progress ->
          out.printf(
              "\r%s %d/%d %s  %s ",
              Bar.of(progress.done(), progress.total()),
              progress.done(),
              progress.total(),
              progress.phase(),
              points);
      case TrainerEvent.Started _,
          TrainerEvent.Checkpoint _,
          TrainerEvent.Profiled _,
          TrainerEvent.Trained _,
          TrainerEvent.Evaluated _,
          TrainerEvent.Yielded _,
          TrainerEvent.Failed _ -> {}
    }
    out.flush();
  }
}
