package io.espalier.trainer;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts this program once more. */
public final class Launch {

  private static final String GPUS = "CUDA_VISIBLE_DEVICES";

  private Launch() {}

  /** With the same virtual machine's options and other arguments; it writes where this one does. */
  public static ProcessBuilder again(List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (var option : ManagementFactory.getRuntimeMXBean().getInputArguments())
      if (!option.startsWith("-javaagent")) command.add(option);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** Lets it see one GPU of those that this process sees: by its rank. */
  public static void onGpu(ProcessBuilder builder, int rank) {
    var visible = System.getenv(GPUS);
    var names = visible == null || visible.isEmpty() ? new String[0] : visible.split(",", -1);
    builder.environment().put(GPUS, rank < names.length ? names[rank] : Integer.toString(rank));
  }
}
