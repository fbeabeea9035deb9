package io.espalier.bench;

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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Training steps of ours and of the Python peer, in pairs. */
final class EngineBench {

  /** What is run alike on both sides; the options are those of both commands. */
  private record Case(String model, String protocol, List<String> shape) {
    String name() {
      return model + " " + protocol;
    }
  }

  /** One process of one side. */
  private record Run(double cpuMillis, double peakBytes) {}

  private record Result(
      Case one, Run ours, Optional<Run> peer, double timeRatio, double memoryRatio) {}

  private static final Path ROOT = Path.of(System.getProperty("espalier.root"));
  private static final Path MODELS = ROOT.resolve("ops/src/io/espalier/bench/models");
  private static final JsonMapper JSON = new JsonMapper();

  private static final Map<String, List<String>> SHAPES = new LinkedHashMap<>();

  static {
    SHAPES.put("bert-mini", List.of("--batch", "16", "--length", "128"));
    SHAPES.put("vit-small", List.of("--batch", "32"));
    SHAPES.put("llama-15m", List.of("--batch", "4", "--length", "256"));
    SHAPES.put("resnet-20", List.of("--batch", "64", "--side", "32"));
    SHAPES.put("mobilenet-v2", List.of("--batch", "16", "--side", "96"));
  }

  private final int pairs;
  private final int steps;
  private final boolean json;
  private final String only;
  private final Optional<String> peer = Optional.ofNullable(System.getenv("PEER_PYTHON"));

  EngineBench(List<String> options) {
    boolean quick = options.contains("--quick");
    json = options.contains("--json");
    int at = options.indexOf("--pairs");
    pairs = at >= 0 ? Integer.parseInt(options.get(at + 1)) : quick ? 1 : 7;
    steps = quick ? 3 : 8;
    int text = options.indexOf("--only");
    only = text >= 0 ? options.get(text + 1) : "";
  }

  int run() throws IOException, InterruptedException {
    if (peer.isEmpty())
      System.out.println("PEER_PYTHON is not set: our own figures alone, nothing to compare with.");
    System.out.printf(
        "%-26s %9s %9s %6s %11s %11s %6s%n",
        "case", "CPU ms", "peer", "ratio", "peak MiB", "peer", "ratio");
    var results = new ArrayList<Result>();
    for (var one : cases()) {
      var result = measure(one);
      results.add(result);
      print(result);
    }
    if (json) System.out.println(JSON.writeValueAsString(Map.of("cases", results.stream().map(EngineBench::told).toList())));
    return 0;
  }

  private List<Case> cases() {
    var cases = new ArrayList<Case>();
    SHAPES.forEach((model, shape) -> {
      for (var protocol : List.of("full", "lora", "linear_probe")) {
        boolean convolutional = shape.contains("--side");
        if (protocol.equals("lora") && convolutional) continue;
        var one = new Case(model, protocol, shape);
        if (one.name().contains(only)) cases.add(one);
      }
    });
    return cases;
  }

  private Result measure(Case one) throws IOException, InterruptedException {
    var ours = new ArrayList<Run>();
    var theirs = new ArrayList<Run>();
    var times = new ArrayList<Double>();
    var memories = new ArrayList<Double>();
    for (int pair = 0; pair < pairs; pair++) {
      // Who begins changes, so that what the machine does meanwhile meets both.
      if (pair % 2 == 0) ours.add(ours(one));
      if (peer.isPresent()) theirs.add(theirs(one, peer.get()));
      if (pair % 2 == 1) ours.add(ours(one));
      if (peer.isEmpty()) continue;
      times.add(ours.getLast().cpuMillis() / theirs.getLast().cpuMillis());
      memories.add(ours.getLast().peakBytes() / theirs.getLast().peakBytes());
    }
    return new Result(
        one,
        median(ours),
        theirs.isEmpty() ? Optional.empty() : Optional.of(median(theirs)),
        median(times, 0),
        median(memories, 0));
  }

  private Run ours(Case one) throws IOException, InterruptedException {
    var target = ROOT.resolve("gpu-agent/trainer/target");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Dai.djl.offline=true",
            "--enable-native-access=ALL-UNNAMED",
            // A heap that is there from the beginning: only libtorch's memory moves.
            "-Xms512m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:+AlwaysPreTouch",
            "-cp",
            jar(target) + ":" + target.resolve("lib/*"),
            "io.espalier.trainer.Main",
            "estimate",
            MODELS.resolve(one.model() + ".json").toString(),
            "--measure",
            one.protocol(),
            "--steps",
            Integer.toString(steps),
            "--json"));
    command.addAll(one.shape());
    var said = said(command, Map.of("GLIBC_TUNABLES", System.getProperty("espalier.malloc")));
    return new Run(
        1000 * said.path("cpu_seconds_per_step").asDouble(), said.path("measured_bytes").asDouble());
  }

  private Run theirs(Case one, String python) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.addAll(
        List.of(
            python,
            ROOT.resolve("ops/python/bench_step.py").toString(),
            MODELS.resolve(one.model() + ".json").toString(),
            one.protocol(),
            "--steps",
            Integer.toString(steps)));
    command.addAll(one.shape());
    var said = said(command, Map.of());
    return new Run(said.path("cpu_ms").asDouble(), said.path("peak_bytes").asDouble());
  }

  private static JsonNode said(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    var output = Files.createTempFile("espalier-bench", ".json");
    var errors = Files.createTempFile("espalier-bench", ".err");
    try {
      var builder =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      builder.environment().putAll(environment);
      var process = builder.start();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " took more than 10 minutes");
      }
      if (process.exitValue() != 0)
        throw new IOException(
            String.join(" ", command) + " failed:\n" + Files.readString(errors));
      return JSON.readTree(Files.readAllLines(output).getLast());
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  private static Path jar(Path target) throws IOException {
    try (var files = Files.newDirectoryStream(target, "trainer-*.jar")) {
      for (var file : files) return file;
    }
    throw new IOException("the trainer is not built: ./mvnw -q package -DskipTests");
  }

  private static Run median(List<Run> runs) {
    return new Run(
        median(runs.stream().map(Run::cpuMillis).toList(), 0),
        median(runs.stream().map(Run::peakBytes).toList(), 0));
  }

  private static double median(List<Double> values, double otherwise) {
    if (values.isEmpty()) return otherwise;
    var sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static void print(Result result) {
    var ours = result.ours();
    if (result.peer().isEmpty()) {
      System.out.printf(
          Locale.ROOT,
          "%-26s %9.1f %9s %6s %11.1f%n",
          result.one().name(), ours.cpuMillis(), "", "", ours.peakBytes() / (1 << 20));
      return;
    }
    var peer = result.peer().get();
    System.out.printf(
        Locale.ROOT,
        "%-26s %9.1f %9.1f %6.2f %11.1f %11.1f %6.2f%n",
        result.one().name(),
        ours.cpuMillis(),
        peer.cpuMillis(),
        result.timeRatio(),
        ours.peakBytes() / (1 << 20),
        peer.peakBytes() / (1 << 20),
        result.memoryRatio());
  }

  private static Map<String, Object> told(Result result) {
    var told = new LinkedHashMap<String, Object>();
    told.put("name", result.one().name());
    told.put("cpu_ms", result.ours().cpuMillis());
    result.peer().ifPresent(peer -> told.put("peer_cpu_ms", peer.cpuMillis()));
    if (result.peer().isPresent()) told.put("ratio", result.timeRatio());
    told.put("peak_bytes", Math.round(result.ours().peakBytes()));
    result.peer().ifPresent(peer -> told.put("peer_peak_bytes", Math.round(peer.peakBytes())));
    if (result.peer().isPresent()) told.put("peak_ratio", result.memoryRatio());
    return told;
  }
}
