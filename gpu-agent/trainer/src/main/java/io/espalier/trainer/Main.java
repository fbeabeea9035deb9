package io.espalier.trainer;

import io.espalier.domain.problem.Refused;
import io.espalier.trainer.check.CheckCommand;
import io.espalier.trainer.engine.ProcessEnd;
import io.espalier.trainer.generation.GenerateCommand;
import io.espalier.trainer.reading.DescribeCommand;
import io.espalier.trainer.reading.EstimateCommand;
import io.espalier.trainer.reading.ProfileCommand;
import io.espalier.trainer.starter.DrawDemoCommand;
import io.espalier.trainer.starter.PretrainCommand;
import io.espalier.trainer.starter.text.PretrainTextCommand;
import io.espalier.trainer.task.EvaluateCommand;
import io.espalier.trainer.task.PredictCommand;
import io.espalier.trainer.task.RunCommand;
import io.espalier.trainer.task.TrainCommand;
import io.espalier.trainer.weights.MergeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The trainer's command line. */
@Command(
    name = "trainer",
    description = "Trains and checks models on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunCommand.class,
      TrainCommand.class,
      CheckCommand.class,
      EstimateCommand.class,
      ProfileCommand.class,
      DescribeCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      GenerateCommand.class,
      MergeCommand.class,
      PretrainCommand.class,
      PretrainTextCommand.class,
      DrawDemoCommand.class
    })
public final class Main {

  private static final int REFUSED = 3;

  private Main() {}

  public static void main(String[] arguments) {
    ProcessEnd.atOnceOnSignal();
    ProcessEnd.normal(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((exception, commandLine, _) -> {
          if (!(exception instanceof Refused refused)) throw exception;
          commandLine.getErr().println(refused.getMessage());
          return REFUSED;
        });
  }
}
