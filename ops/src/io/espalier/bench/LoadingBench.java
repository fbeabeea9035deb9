package io.espalier.bench;

import io.espalier.datasets.image.Decoded;
import io.espalier.datasets.image.ImageDecoder;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Small JPEGs as batches: decoded, cropped at random to 96², as normalised floats. Ours decodes in
 * child processes, one a worker, and once for a whole training; the peer's DataLoader decodes in
 * every epoch.
 */
final class LoadingBench {

  private static final Path ROOT = Path.of(System.getProperty("espalier.root"));
  private static final JsonMapper JSON = new JsonMapper();
  private static final int SIDE = 96;
  private static final int BATCH = 32;

  private final int pairs;
  private final int images;
  private final boolean json;
  private final Path data;
  private final Optional<String> peer = Optional.ofNullable(System.getenv("PEER_PYTHON"));

  /** Images in a second: of the pass that decodes, and of one over what was decoded. */
  private record Rates(double first, double later) {}

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
    var files = jpegs();
    var cases = new ArrayList<Map<String, Object>>();
    System.out.printf("%-10s %12s %12s %12s %8s%n", "workers", "first pass", "later", "peer", "ratio");
    for (int workers = 1; workers <= 2; workers++) {
      var first = new ArrayList<Double>();
      var later = new ArrayList<Double>();
      var theirs = new ArrayList<Double>();
      for (int pair = 0; pair < pairs; pair++) {
        // Who begins changes, so that what the machine does meanwhile meets both.
        if (pair % 2 == 1 && peer.isPresent()) theirs.add(theirs(peer.get(), workers));
        var ours = ours(files, workers);
        first.add(ours.first());
        later.add(ours.later());
        if (pair % 2 == 0 && peer.isPresent()) theirs.add(theirs(peer.get(), workers));
      }
      var told = new LinkedHashMap<String, Object>();
      told.put("name", "jpeg 128 to crop 96, workers " + workers);
      told.put("images_per_second", median(first));
      told.put("later_images_per_second", median(later));
      if (!theirs.isEmpty()) told.put("peer_images_per_second", median(theirs));
      if (!theirs.isEmpty()) told.put("ratio", median(first) / median(theirs));
      cases.add(told);
      System.out.printf(
          Locale.ROOT,
          "%-10d %10.0f/s %10.0f/s %12s %8s%n",
          workers,
          median(first),
          median(later),
          theirs.isEmpty() ? "-" : String.format(Locale.ROOT, "%.0f/s", median(theirs)),
          theirs.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", median(first) / median(theirs)));
    }
    if (json) System.out.println(JSON.writeValueAsString(Map.of("cases", cases)));
    return 0;
  }

  private List<byte[]> jpegs() throws IOException {
    var files = new ArrayList<byte[]>();
    try (var zip = new ZipFile(data.toFile())) {
      for (var entries = zip.entries(); entries.hasMoreElements() && files.size() < images; ) {
        var entry = entries.nextElement();
        if (entry.getName().endsWith(".jpg")) files.add(zip.getInputStream(entry).readAllBytes());
      }
    }
    return files;
  }

  /** Workers are running before the clock does, as the peer's are. */
  private static Rates ours(List<byte[]> files, int workers) throws Exception {
    var decoders = new ArrayList<ImageDecoder>();
    try (var pool = Executors.newFixedThreadPool(workers)) {
      for (int i = 0; i < workers; i++) {
        decoders.add(new ImageDecoder(ImageLimits.DEFAULT));
        for (int warm = 0; warm < 200; warm++) decode(decoders.getLast(), files.get(warm));
      }
      var pixels = new RgbImage[files.size()];
      double first = seconds(pool, workers, worker -> {
        var batch = new float[BATCH * 3 * SIDE * SIDE];
        var random = new SplittableRandom(worker);
        for (int i = worker; i < pixels.length; i += workers) {
          pixels[i] = decode(decoders.get(worker), files.get(i));
          crop(pixels[i], random, batch, i / workers % BATCH);
        }
      });
      double later = seconds(pool, workers, worker -> {
        var batch = new float[BATCH * 3 * SIDE * SIDE];
        var random = new SplittableRandom(worker);
        for (int i = worker; i < pixels.length; i += workers) crop(pixels[i], random, batch, i / workers % BATCH);
      });
      return new Rates(files.size() / first, files.size() / later);
    } finally {
      for (var decoder : decoders) decoder.close();
    }
  }

  private interface Work {
    void of(int worker) throws IOException;
  }

  private static double seconds(java.util.concurrent.ExecutorService pool, int workers, Work work) throws Exception {
    long from = System.nanoTime();
    var parts = new ArrayList<Callable<Void>>();
    for (int i = 0; i < workers; i++) {
      int worker = i;
      parts.add(() -> {
        work.of(worker);
        return null;
      });
    }
    for (var part : pool.invokeAll(parts)) part.get();
    return (System.nanoTime() - from) / 1e9;
  }

  private static RgbImage decode(ImageDecoder decoder, byte[] file) throws IOException {
    return switch (decoder.decode("image", file)) {
      case Decoded.Pixels(RgbImage image) -> image;
      case Decoded.Broken(var problem) -> throw new IOException(problem.sentence());
    };
  }

  /** (3, 96, 96) floats of mean 0.5 and deviation 0.5. */
  private static void crop(RgbImage image, SplittableRandom random, float[] batch, int place) {
    int left = random.nextInt(image.width() - SIDE + 1);
    int top = random.nextInt(image.height() - SIDE + 1);
    var rgb = image.rgb();
    int plane = SIDE * SIDE;
    int to = place * 3 * plane;
    for (int y = 0; y < SIDE; y++) {
      int from = 3 * ((top + y) * image.width() + left);
      for (int x = 0; x < SIDE; x++, to++, from += 3) {
        batch[to] = (rgb[from] & 0xFF) / 127.5f - 1;
        batch[to + plane] = (rgb[from + 1] & 0xFF) / 127.5f - 1;
        batch[to + 2 * plane] = (rgb[from + 2] & 0xFF) / 127.5f - 1;
      }
    }
  }

  private double theirs(String python, int workers) throws IOException, InterruptedException {
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
    return told.path("images_per_second").asDouble();
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().mapToDouble(v -> v).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
