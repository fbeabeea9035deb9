package io.espalier.trainer.reading;

import io.espalier.domain.protocol.Protocol;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Picture;
import io.espalier.models.graph.Size;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

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

  @Option(names = "--json", description = "One JSON object with every parameter.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    var family = options.family();
    if (json) {
      out.println(
          new JsonMapper().writeValueAsString(object(family, options.graph(family, protocol))));
      out.flush();
      return 0;
    }
    out.printf("%s, %s%n%n", family.publication().architecture(), protocol.label());
    out.print(Picture.of(options.graph(family, protocol)));
    out.flush();
    return 0;
  }

  private Map<String, Object> object(Family family, Graph graph) {
    var trained = new HashSet<String>();
    graph.trained().forEach(parameter -> trained.add(parameter.name()));
    var parameters = new ArrayList<Map<String, Object>>();
    for (var parameter : graph.parameters()) {
      var one = new LinkedHashMap<String, Object>();
      one.put("name", parameter.name());
      one.put("shape", parameter.shape().dimensions().stream().map(Size::constant).toList());
      one.put("trains", trained.contains(parameter.name()));
      parameters.add(one);
    }
    return Map.of(
        "architecture", family.publication().architecture(),
        "protocol", protocol.name(),
        "parameters", parameters);
  }
}
