package io.espalier.agent.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.wire.Hello.SlotFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Finds the devices of this host that can hold a lease. */
public final class Devices {

  /** Name of the pool of hosts without a GPU. */
  public static final String CPU = "cpu";

  private static final long MEBIBYTE = 1L << 20;
  private static final long GIBIBYTE = 1L << 30;
  private static final long DRIVER_SECONDS = 30;

  /** A GPU of the tool's tree of devices, such as {@code GPU 0: NVIDIA H200 (UUID: GPU-3f…)}. */
  private static final Pattern GPU = Pattern.compile("GPU (\\d+): .*");

  /** A slice of the GPU above it: {@code MIG 1g.18gb Device 0: (UUID: MIG-5c…)}. */
  private static final Pattern SLICE =
      Pattern.compile("MIG (\\S*?(\\d+)gb\\S*)\\s+Device\\s+(\\d+): \\(UUID: (\\S+)\\)");

  /** Slots of one GPU have numbers of their own: those of GPU 1 begin at 200. */
  private static final int PART = 100;

  /**
   * The GPUs that the driver's tool lists, one slot each, or one for each MIG slice of a GPU that
   * is cut; without any, the processor as one slot.
   *
   * @param driverTool normally {@code nvidia-smi}
   */
  public static List<SlotFacts> detect(String driverTool) throws IOException, InterruptedException {
    List<SlotFacts> gpus = gpus(list(driverTool));
    return gpus.isEmpty() ? processor(1) : sliced(gpus, ask(driverTool, "-L"));
  }

  /**
   * Every GPU as slots that share it. The memory of a share is what the platform plans with; the
   * driver does not enforce it.
   */
  public static List<SlotFacts> shares(String driverTool, int perGpu)
      throws IOException, InterruptedException {
    var slots = new ArrayList<SlotFacts>();
    for (SlotFacts gpu : gpus(list(driverTool))) {
      for (int part = 0; part < perGpu; part++) {
        slots.add(
            new SlotFacts(
                (gpu.index() + 1) * PART + part,
                gpu.pool() + " 1/" + perGpu,
                gpu.memoryBytes() / perGpu,
                gpu.device(),
                SlotKind.MEMORY_SHARE));
      }
    }
    if (slots.isEmpty()) {
      throw new IOException(
          driverTool + " lists no GPU to share. Start the agent with --devices auto or cpu.");
    }
    return slots;
  }

  /** A GPU that is cut can only be used slice by slice. */
  static List<SlotFacts> sliced(List<SlotFacts> gpus, String tree) {
    var slots = new ArrayList<>(gpus);
    int gpu = -1;
    for (String line : tree.lines().map(String::strip).toList()) {
      var parent = GPU.matcher(line);
      if (parent.matches()) gpu = Integer.parseInt(parent.group(1));
      var slice = SLICE.matcher(line);
      if (!slice.matches() || gpu < 0) continue;
      int index = gpu;
      var whole = gpus.stream().filter(one -> one.index() == index).findFirst();
      if (whole.isEmpty()) continue;
      slots.remove(whole.get());
      slots.add(
          new SlotFacts(
              (gpu + 1) * PART + Integer.parseInt(slice.group(3)),
              whole.get().pool() + " " + slice.group(1),
              Math.multiplyExact(Long.parseLong(slice.group(2)), GIBIBYTE),
              slice.group(4),
              SlotKind.MIG_SLICE));
    }
    return slots;
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

  private static String list(String driverTool) throws IOException, InterruptedException {
    return ask(
        driverTool, "--query-gpu=index,name,memory.total,uuid", "--format=csv,noheader,nounits");
  }

  /** What the tool prints, or nothing where there is no tool or no driver. */
  private static String ask(String driverTool, String... question)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(driverTool);
    command.addAll(List.of(question));
    Process tool;
    try {
      tool = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
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
