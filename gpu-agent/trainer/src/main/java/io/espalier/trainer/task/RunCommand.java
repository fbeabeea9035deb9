package io.espalier.trainer.task;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code run}: what the daemon starts for each task. */
@Command(
    name = "run",
    description = "Runs one task of a job in a work folder that the daemon has prepared.",
    mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "SPEC_FILE", description = "The task, as JSON.")
  private Path spec = Path.of("spec.json");

  @Parameters(
      index = "1",
      paramLabel = "WORK_DIR",
      description = "Folder with inputs/, deadline and stop; events.jsonl is written there.")
  private Path folder = Path.of(".");

  @Override
  public Integer call() throws IOException {
    return new TaskRunner(folder, hostClock()).run(spec).code();
  }

  /** In fault runs it is off by what the daemon says. */
  private static Clock hostClock() {
    var offset = System.getenv().getOrDefault("ESPALIER_CLOCK_OFFSET_MILLIS", "0");
    return Clock.offset(Clock.systemUTC(), Duration.ofMillis(Long.parseLong(offset)));
  }
}
