package io.espalier.bench;

import io.espalier.datasets.Split;
import io.espalier.datasets.preprocess.ImagePreprocessing;
import io.espalier.datasets.preprocess.ImagePreprocessing.Area;
import io.espalier.trainer.data.Ahead;
import io.espalier.trainer.data.Augmentation;
import io.espalier.trainer.data.ImageData;
import io.espalier.trainer.data.Order;
import io.espalier.trainer.engine.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Small JPEGs as batches: decoded, cropped to 96², moved or mirrored by chance, as normalised
 * floats, on the way that a training takes. Ours decodes in child processes, one a worker, and once
 * for a whole training; the peer's DataLoader decodes in every epoch.
 */
final class LoadingBench {

  private static final Path ROOT = Path.of(System.getProperty("espalier.root"));
  private static final JsonMapper JSON = new JsonMapper();
  private static final Area AREA = new Area(96, 96);
  private static final ImagePreprocessing CROPPED =
      new ImagePreprocessing(
          Optional.empty(),
          Optional.of(AREA),
          1 / 255.0,
          List.of(0.5, 0.5, 0.5),
          List.of(0.5, 0.5, 0.5));
  private static final int BATCH = 32;

  private final int pairs;
  private final int images;
  private final boolean json;
  private final Path data;
  private final Optional<String> peer = Optional.ofNullable(System.getenv("PEER_PYTHON"));

  /** Images in a second, and CPU milliseconds of an image, of all processes. */
  private record Pass(double perSecond, double cpuMillis) {}

  /** The pass that decodes, and one over what was decoded. */
  private record Passes(Pass first, Pass later) {}

  LoadingBench(List<String> options) {
    boolean quick = options.contains("--quick");
    json = options.contains("--json");
    int at = options.indexOf("--pairs");
    pairs = at >= 0 ? Integer.parseInt(options.get(at + 1)) : quick ? 1 : 5;
    images = quick ? 600 : 3000;
    int file = options.indexOf("--data");
    data = file >= 0 ? Path.of(options.get(file + 1)) : ROOT.resolve("../shared/data/flowers5-128-jpg.zip");
  }

  int run() throws Exception {
    if (!Files.isRegularFile(data)) {
      System.err.println(data + " is missing: name a zip of JPEGs of 128 × 128 pixels with --data");
      return 2;
    }
    var cases = new ArrayList<Map<String, Object>>();
    System.out.println("images in a second (CPU ms of an image)");
    System.out.printf("%-8s %18s %18s %18s %7s %7s%n", "workers", "first pass", "later", "peer", "ratio", "by CPU");
    for (int workers = 1; workers <= 2; workers++) {
      var ours = new ArrayList<Passes>();
      var theirs = new ArrayList<Pass>();
      for (int pair = 0; pair < pairs; pair++) {
        // Who begins changes, so that what the machine does meanwhile meets both.
        if (pair % 2 == 1 && peer.isPresent()) theirs.add(theirs(peer.get(), workers));
        ours.add(ours(workers));
        if (pair % 2 == 0 && peer.isPresent()) theirs.add(theirs(peer.get(), workers));
      }
      var first = median(ours.stream().map(Passes::first).toList());
      var later = median(ours.stream().map(Passes::later).toList());
      var told = new LinkedHashMap<String, Object>();
      told.put("name", "jpeg 128 to crop 96, workers " + workers);
      told.put("images_per_second", first.perSecond());
      told.put("cpu_ms", first.cpuMillis());
      told.put("later_images_per_second", later.perSecond());
      told.put("later_cpu_ms", later.cpuMillis());
      var line = "%-8d %18s %18s".formatted(workers, told(first), told(later));
      if (!theirs.isEmpty()) {
        var other = median(theirs);
        told.put("peer_images_per_second", other.perSecond());
        told.put("peer_cpu_ms", other.cpuMillis());
        told.put("ratio", first.perSecond() / other.perSecond());
        line +=
            String.format(
                Locale.ROOT,
                " %18s %7.2f %7.2f",
                told(other),
                first.perSecond() / other.perSecond(),
                other.cpuMillis() / first.cpuMillis());
      }
      cases.add(told);
      System.out.println(line);
    }
    if (json) System.out.println(JSON.writeValueAsString(Map.of("cases", cases)));
    return 0;
  }

  /** Two epochs as a training sees them: one that decodes, and one of what was kept. */
  private Passes ours(int workers) throws IOException {
    var scratch = Files.createTempDirectory("espalier-bench");
    try (var jpegs = ImageData.open(data, CROPPED, AREA, workers, scratch)) {
      var train = jpegs.open(Split.TRAIN).changedBy(new Augmentation(6, true));
      int some = Math.min(images, train.size()) / BATCH * BATCH;
      var order = new Order(some, BATCH, 1);
      int epoch = some / BATCH;
      try (var ahead =
          new Ahead<>(step -> train.training(order.step(step), step), 0, 2 * epoch)) {
        // Workers are running before the clock does, as the peer's are.
        ahead.take();
        var first = pass(ahead, epoch - 1);
        return new Passes(first, pass(ahead, epoch));
      }
    } finally {
      Files.delete(scratch);
    }
  }

  private static Pass pass(Ahead<Batch> ahead, int steps) throws IOException {
    long from = System.nanoTime();
    double used = cpuSeconds();
    for (int step = 0; step < steps; step++) ahead.take();
    double seconds = (System.nanoTime() - from) / 1e9;
    int count = steps * BATCH;
    return new Pass(count / seconds, 1000 * (cpuSeconds() - used) / count);
  }

  /** Of this process, of decoders that have ended, and of those that are there. */
  private static double cpuSeconds() throws IOException {
    double seconds = cpuSeconds(Path.of("/proc/self/stat"), 4);
    for (var child : ProcessHandle.current().children().toList()) {
      seconds += cpuSeconds(Path.of("/proc/%d/stat".formatted(child.pid())), 2);
    }
    return seconds;
  }

  /** {@code fields}: user and system time, and those of children that have ended. */
  private static double cpuSeconds(Path stat, int fields) throws IOException {
    var text = Files.readString(stat);
    var values = text.substring(text.lastIndexOf(')') + 2).split(" ");
    double ticks = 0;
    for (int i = 0; i < fields; i++) ticks += Long.parseLong(values[11 + i]);
    return ticks / 100;
  }

  private Pass theirs(String python, int workers) throws IOException, InterruptedException {
    var command =
        new ProcessBuilder(
                python,
                ROOT.resolve("ops/python/bench_loading.py").toString(),
                data.toString(),
                "--images",
                Integer.toString(images),
                "--workers",
                // One process of ours beside one of theirs: the DataLoader without workers.
                Integer.toString(workers == 1 ? 0 : workers))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    var process = command.start();
    var said = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0)
      throw new IOException("the peer failed: " + said);
    JsonNode told = JSON.readTree(said);
    return new Pass(
        told.path("images_per_second").asDouble(), told.path("cpu_ms_per_image").asDouble());
  }

  private static String told(Pass pass) {
    return String.format(Locale.ROOT, "%.0f (%.2f)", pass.perSecond(), pass.cpuMillis());
  }

  private static Pass median(List<Pass> passes) {
    return new Pass(
        median(passes.stream().mapToDouble(Pass::perSecond)),
        median(passes.stream().mapToDouble(Pass::cpuMillis)));
  }

  private static double median(DoubleStream values) {
    var sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
