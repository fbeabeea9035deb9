package io.espalier.trainer.reading;

import io.espalier.domain.protocol.Protocol;
import io.espalier.models.graph.Picture;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code describe}: the picture of a model, and what of it a protocol trains. */
@Command(
    name = "describe",
    description = "Shows a model's blocks, their shapes, and what of them a protocol trains.",
    mixinStandardHelpOptions = true)
public final class DescribeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private GraphOptions options = new GraphOptions();

  @Option(names = "--protocol", description = "One of ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.")
  private Protocol protocol = Protocol.FULL;

  @Override
  public Integer call() throws IOException {
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    var family = options.family();
    out.printf("%s, %s%n%n", family.publication().architecture(), protocol.label());
    out.print(Picture.of(options.graph(family, protocol)));
    out.flush();
    return 0;
  }
}
