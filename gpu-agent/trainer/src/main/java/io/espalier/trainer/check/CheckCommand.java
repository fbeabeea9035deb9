package io.espalier.trainer.check;

import io.espalier.trainer.engine.EngineStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check}: exits with 0 where everything agrees, with 1 where anything does not. */
@Command(
    name = "check",
    description = "Repeats a stored run of the reference implementation and compares.",
    mixinStandardHelpOptions = true)
public final class CheckCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "CASE_DIR",
      description = "Folder with case.json and expected.safetensors.")
  private Path folder = Path.of(".");

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "Folder of the base model, instead of the one that case.json names.")
  private @Nullable Path base;

  @Override
  public Integer call() throws IOException {
    EngineStart.withThreads(1);
    var reports = Check.run(folder, Optional.ofNullable(base));
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    reports.forEach(report -> report.print(out));
    return reports.stream().allMatch(Report::passed) ? 0 : 1;
  }
}
