package io.espalier.trainer.loop;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Batching;
import io.espalier.domain.unit.Bytes;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Memory;
import io.espalier.models.graph.Optimizer;
import io.espalier.models.graph.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How many samples of a step fit into the memory at once, by the cost reading: half as many, until
 * it does. A prediction may be wrong; a run that fails all the same is tried again by the platform
 * with half of them.
 *
 * @param samples at once
 * @param predicted bytes that a step of them has allocated at most
 */
public record MicroBatch(int samples, Bytes predicted) {

  /** The engine's own code, a JVM, and what an allocator keeps. */
  private static final long OVERHEAD = 600L << 20;

  /** Predictions are this much too high at most: what is not even near is refused. */
  private static final double TOLERANCE = 0.9;

  /**
   * Samples that a training computes at once: as its settings say, else as many as fit.
   *
   * @param most samples of a step that this process computes
   * @param symbols of the largest sample
   * @param memory bytes for this process, where it is known
   * @throws Refused where not even one sample fits
   */
  static MicroBatch of(
      Batching batching,
      int most,
      Graph graph,
      Optimizer optimizer,
      Device device,
      Map<String, Long> symbols,
      OptionalLong memory) {
    if (batching.microBatch() > 0 || memory.isEmpty()) {
      int samples = batching.microBatch() > 0 ? Math.min(most, batching.microBatch()) : most;
      return told(samples, graph, optimizer, device, symbols);
    }
    return fitting(graph, optimizer, device, symbols, most, memory.getAsLong());
  }

  /** So many, whether they fit or not. */
  static MicroBatch told(
      int samples, Graph graph, Optimizer optimizer, Device device, Map<String, Long> symbols) {
    return new MicroBatch(samples, new Bytes(peak(graph, optimizer, device, symbols, samples)));
  }

  /**
   * @param graph of the training
   * @param symbols of a batch of 1
   * @param available bytes for all of the process
   * @throws Refused where not even one sample fits
   */
  static MicroBatch fitting(
      Graph graph,
      Optimizer optimizer,
      Device device,
      Map<String, Long> symbols,
      int batch,
      long available) {
    long room = available - OVERHEAD;
    long sums = graph.trained().stream().mapToLong(Parameter::bytes).sum();
    int samples = batch;
    long peak = peak(graph, optimizer, device, symbols, samples);
    while (samples > 1 && peak > room) {
      samples /= 2;
      // Gradients that are added up are there beside those that are.
      peak = peak(graph, optimizer, device, symbols, samples) + sums;
    }
    if (peak * TOLERANCE > room) throw tooLarge(peak, room);
    return new MicroBatch(samples, new Bytes(peak));
  }

  private static long peak(
      Graph graph, Optimizer optimizer, Device device, Map<String, Long> symbols, int samples) {
    var sized = new HashMap<>(symbols);
    sized.put("B", (long) samples);
    return Memory.of(graph, optimizer, device, sized).peak();
  }

  /** What this host could give a process now; empty where it does not tell. */
  public static OptionalLong available() throws IOException {
    long least = Long.MAX_VALUE;
    var information = Path.of("/proc/meminfo");
    if (Files.isReadable(information))
      for (var line : Files.readAllLines(information))
        if (line.startsWith("MemAvailable:"))
          least = Math.min(least, Long.parseLong(line.replaceAll("\\D", "")) << 10);
    var limit = Path.of("/sys/fs/cgroup/memory.max");
    var used = Path.of("/sys/fs/cgroup/memory.current");
    if (Files.isReadable(limit) && Files.isReadable(used)) {
      var most = Files.readString(limit).strip();
      if (!most.equals("max"))
        least =
            Math.min(least, Long.parseLong(most) - Long.parseLong(Files.readString(used).strip()));
    }
    return least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(Math.max(0, least));
  }

  private static Refused tooLarge(long peak, long room) {
    return new Refused(
        Problem.of(
                "step-does-not-fit",
                Category.RESOURCES,
                "memory",
                "A step of a single sample needs more memory than there is. A model is never spread"
                    + " over several devices.",
                "Choose LoRA or a linear probe, bf16, recomputation, shorter texts, a smaller model"
                    + " or a larger slot.")
            .found(new Bytes(peak))
            .allowed(new Bytes(Math.max(0, room))));
  }
}
