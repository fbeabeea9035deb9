package io.espalier.agent.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.domain.wire.Hello.SlotFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Finds the devices of this host that can hold a lease. */
public final class Devices {

  /** Name of the pool of hosts without a GPU. */
  public static final String CPU = "cpu";

  private static final long MEBIBYTE = 1L << 20;
  private static final long DRIVER_SECONDS = 30;

  /**
   * The GPUs that the driver's tool lists, one slot each; without any, the processor as one slot.
   *
   * @param driverTool normally {@code nvidia-smi}
   */
  public static List<SlotFacts> detect(String driverTool) throws IOException, InterruptedException {
    List<SlotFacts> gpus = gpus(ask(driverTool));
    return gpus.isEmpty() ? processor(1) : gpus;
  }

  /** The processor as slots that share the memory that this process may use. */
  public static List<SlotFacts> processor(int slots) throws IOException {
    long each = memoryBytes() / slots;
    return IntStream.range(0, slots)
        .mapToObj(index -> new SlotFacts(index, CPU, each, null))
        .toList();
  }

  /** The host's memory, or the limit of the container around this process if that is less. */
  public static long memoryBytes() throws IOException {
    long host = 0;
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) host = Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
    if (host == 0) throw new IOException("/proc/meminfo has no line MemTotal");
    Path limit = Path.of("/sys/fs/cgroup/memory.max");
    if (Files.notExists(limit)) return host;
    String text = Files.readString(limit).strip();
    return text.equals("max") ? host : Math.min(host, Long.parseLong(text));
  }

  /** Reads lines such as {@code 0, NVIDIA H200, 143771, GPU-3f…}: index, name, MiB, identifier. */
  static List<SlotFacts> gpus(String listing) {
    var slots = new ArrayList<SlotFacts>();
    for (String line : listing.lines().filter(text -> !text.isBlank()).toList()) {
      String[] fields = line.strip().split("\\s*,\\s*", -1);
      if (fields.length != 4) throw unexpected(line);
      try {
        slots.add(
            new SlotFacts(
                Integer.parseInt(fields[0]),
                fields[1],
                Math.multiplyExact(Long.parseLong(fields[2]), MEBIBYTE),
                fields[3]));
      } catch (NumberFormatException notANumber) {
        throw unexpected(line);
      }
    }
    return slots;
  }

  private static IllegalStateException unexpected(String line) {
    return new IllegalStateException(
        "The driver's list of GPUs has the line \"%s\" instead of index, name, MiB, identifier. "
                .formatted(line)
            + "Start the agent with --devices cpu to go on without them.");
  }

  /** What the tool prints, or nothing where there is no tool or no driver. */
  private static String ask(String driverTool) throws IOException, InterruptedException {
    Process tool;
    try {
      tool =
          new ProcessBuilder(
                  driverTool,
                  "--query-gpu=index,name,memory.total,uuid",
                  "--format=csv,noheader,nounits")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException absent) {
      return "";
    }
    // The list is far smaller than a pipe, so the tool ends without being read.
    if (!tool.waitFor(DRIVER_SECONDS, TimeUnit.SECONDS)) {
      tool.destroyForcibly();
      throw new IOException(
          "%s did not answer within %d s: the driver hangs. Restart the host, or start the agent with --devices cpu."
              .formatted(driverTool, DRIVER_SECONDS));
    }
    return tool.exitValue() == 0 ? new String(tool.getInputStream().readAllBytes(), UTF_8) : "";
  }

  private Devices() {}
}
