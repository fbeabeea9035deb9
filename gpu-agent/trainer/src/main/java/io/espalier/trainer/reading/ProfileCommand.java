package io.espalier.trainer.reading;

import io.espalier.domain.protocol.Protocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code profile}: where the time of a training step goes, by libtorch's own profiler. */
@Command(
    name = "profile",
    description = {
      "Runs training steps here, on the processor, with random weights and data, and tells which"
          + " operators took the time.",
      "Recording itself takes time: ops/trainer estimate --measure tells what a step takes alone."
    },
    mixinStandardHelpOptions = true)
public final class ProfileCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private GraphOptions options = new GraphOptions();

  @Option(names = "--protocol", description = "How it would be trained: ${DEFAULT-VALUE}.")
  private Protocol protocol = Protocol.FULL;

  @Option(names = "--steps", paramLabel = "N", description = "Steps to record: ${DEFAULT-VALUE}.")
  private int steps = 3;

  @Option(names = "--rows", paramLabel = "N", description = "Operators to show: ${DEFAULT-VALUE}.")
  private int rows = 20;

  @Option(
      names = "--json",
      description = "One JSON object with every operator, instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    var line = Objects.requireNonNull(spec).commandLine();
    var family = options.family();
    var graph = options.graph(family, protocol);
    if (graph.trained().isEmpty())
      throw new ParameterException(line, protocol.label() + " trains nothing of this model");
    var trace = Measurement.traced(family, graph, options.symbols(family), steps);
    if (json)
      line.getOut()
          .println(
              new JsonMapper()
                  .writeValueAsString(
                      Map.of("protocol", protocol.name(), "operators", trace.perStep(steps))));
    else
      table(
          line.getOut(),
          family.publication().architecture() + ", " + options.told(family),
          trace.perStep(steps));
    line.getOut().flush();
    return 0;
  }

  private void table(PrintWriter out, String what, List<Trace.Operator> operators) {
    double all = operators.stream().mapToDouble(Trace.Operator::milliseconds).sum();
    out.printf(
        Locale.ROOT, "%s, %s: %.1f ms of recorded work a step%n%n", what, protocol.label(), all);
    out.printf("%-44s %8s %10s %7s%n", "operator", "calls", "ms", "share");
    for (var operator : operators.subList(0, Math.min(rows, operators.size())))
      out.printf(
          Locale.ROOT,
          "%-44s %8.1f %10.2f %6.1f%%%n",
          operator.name(),
          operator.calls(),
          operator.milliseconds(),
          100 * operator.milliseconds() / all);
  }
}
