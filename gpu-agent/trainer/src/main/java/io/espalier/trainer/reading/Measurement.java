package io.espalier.trainer.reading;

import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Mode;
import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.Recording;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.weights.RandomWeights;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Real steps on the processor with random weights and data: what this process has in memory at
 * most, beyond what it had before, and how long a step takes.
 *
 * @param peak bytes that the steps needed, by the kernel's own account
 * @param seconds of processor time per step, the mean after two that are left out
 */
record Measurement(long peak, double seconds) {

  private static final int WARM = 2;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");

  static Measurement of(Family family, Graph graph, Map<String, Long> symbols, int steps)
      throws IOException {
    EngineStart.withThreads(1);
    var weights = RandomWeights.of(family, family.graph(graph.plan(), Mode.TRAIN), 1);
    // The libraries' own code and tables come into memory when they are first used.
    var single = new HashMap<>(symbols);
    single.put("B", 1L);
    try (var session = open(family, graph, weights)) {
      session.step(batch(graph, single), 1e-5, 0);
    }
    var batch = batch(graph, symbols);
    System.gc();
    trim(); // what was freed since is not the step's
    Files.writeString(RESET, "5"); // the highest mark begins anew
    long before = kibibytes("VmRSS:");
    try (var session = open(family, graph, weights)) {
      for (int step = 0; step < WARM; step++) session.step(batch, 1e-5, step);
      long start = cpuNanos();
      for (int step = 0; step < steps; step++) session.step(batch, 1e-5, WARM + step);
      double seconds = (cpuNanos() - start) / 1e9 / steps;
      return new Measurement((kibibytes("VmHWM:") - before) << 10, seconds);
    }
  }

  /** The same steps, recorded operator by operator. */
  static Trace traced(Family family, Graph graph, Map<String, Long> symbols, int steps)
      throws IOException {
    EngineStart.withThreads(1);
    var weights = RandomWeights.of(family, family.graph(graph.plan(), Mode.TRAIN), 1);
    var batch = batch(graph, symbols);
    var file = Files.createTempFile("espalier", ".trace.json");
    try (var session = open(family, graph, weights)) {
      for (int step = 0; step < WARM; step++) session.step(batch, 1e-5, step);
      Recording.of(
          () -> {
            for (int step = 0; step < steps; step++) session.step(batch, 1e-5, WARM + step);
          },
          file);
      return Trace.read(file);
    } finally {
      Files.delete(file);
    }
  }

  /** The C library gives back what it holds for later. */
  @SuppressWarnings("restricted") // the trainer runs with native access, for its engine
  private static void trim() {
    var linker = Linker.nativeLinker();
    var function = linker.defaultLookup().find("malloc_trim").orElseThrow();
    var type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG);
    try {
      linker.downcallHandle(function, type).invoke(0L);
    } catch (Throwable e) {
      throw new IllegalStateException("malloc_trim failed", e);
    }
  }

  private static TrainingSession open(Family family, Graph graph, RandomWeights weights)
      throws IOException {
    return TrainingSession.open(family, graph.plan(), Mode.TRAIN, AdamW.UNCLIPPED, weights);
  }

  private static Batch batch(Graph graph, Map<String, Long> symbols) {
    var random = new Random(1);
    var inputs = new HashMap<String, Tensor>();
    for (var input : graph.inputs()) {
      var shape = input.shape().dimensions().stream().mapToLong(size -> size.at(symbols)).toArray();
      int elements = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
      inputs.put(
          input.name(),
          switch (input.type()) {
            case I64 -> Tensor.of(numbers(input.name(), elements, shape), shape);
            case F32, F16, BF16, BOOL -> {
              var values = new float[elements];
              for (int i = 0; i < elements; i++) values[i] = (float) random.nextGaussian();
              yield Tensor.of(values, shape);
            }
          });
    }
    return new Batch(inputs, symbols.getOrDefault("B", 1L));
  }

  /** Tokens, labels and masks are all 1, places count. */
  private static long[] numbers(String name, int elements, long[] shape) {
    var numbers = new long[elements];
    if (name.equals("position_ids"))
      for (int i = 0; i < elements; i++) numbers[i] = i % shape[shape.length - 1];
    else Arrays.fill(numbers, name.equals("token_type_ids") ? 0 : 1);
    return numbers;
  }

  private static long kibibytes(String key) throws IOException {
    for (var line : Files.readAllLines(STATUS))
      if (line.startsWith(key)) return Long.parseLong(line.replaceAll("\\D", ""));
    throw new IOException(STATUS + " has no line " + key);
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }
}
