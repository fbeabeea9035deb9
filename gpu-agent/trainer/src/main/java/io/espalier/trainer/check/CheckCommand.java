package io.espalier.trainer.check;

import io.espalier.trainer.engine.EngineStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      description =
          "Folder of a stored case (a model, a tokenizer, images), or one with such folders.")
  private Path folder = Path.of(".");

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "Folder of the base model, instead of the one that case.json names.")
  private @Nullable Path base;

  @Override
  public Integer call() throws IOException {
    EngineStart.withThreads(1);
    var commandLine = Objects.requireNonNull(spec).commandLine();
    if (!Files.isDirectory(folder))
      throw new ParameterException(commandLine, folder + " is no folder");
    var reports = Cases.run(folder, Optional.ofNullable(base));
    if (reports.isEmpty())
      throw new ParameterException(
          commandLine,
          folder + " holds no case: there is neither a case.json nor an expected.json in it");
    var out = commandLine.getOut();
    reports.forEach(report -> report.print(out));
    long passed = reports.stream().filter(Report::passed).count();
    if (reports.size() > 1) out.println(passed + " of " + reports.size() + " passed");
    out.flush();
    return reports.stream().allMatch(Report::passed) ? 0 : 1;
  }
}
