package io.espalier.trainer.reading;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.unit.Bytes;
import io.espalier.models.family.Family;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Cost;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Memory;
import io.espalier.models.graph.Parameter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/** {@code estimate}: FLOPs and memory of a training step under every protocol. */
@Command(
    name = "estimate",
    description = {
      "Tells what a training step costs under every protocol, from the model's graph alone.",
      "Exits with 2 where --memory is given and no protocol fits into it."
    },
    mixinStandardHelpOptions = true)
public final class EstimateCommand implements Callable<Integer> {

  private static final int NOTHING_FITS = 2;
  private static final JsonMapper JSON = new JsonMapper();

  @Spec private @Nullable CommandSpec spec;

  @Mixin private GraphOptions options = new GraphOptions();

  @Option(
      names = "--device",
      description = "cpu or gpu, whose kernels keep different things: ${DEFAULT-VALUE}.")
  private Device device = Device.GPU;

  @Option(
      names = "--memory",
      paramLabel = "GIB",
      description = "Memory of one GPU; tells what fits.")
  private @Nullable Double memory;

  @Option(
      names = "--measure",
      paramLabel = "PROTOCOL",
      description = "Also runs real steps of it here, on the processor, and compares.")
  private @Nullable Protocol measured;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps that --measure times: ${DEFAULT-VALUE}.")
  private int steps = 2;

  @Option(names = "--json", description = "One JSON object instead of a table.")
  private boolean json;

  private record Row(Protocol protocol, long trained, long forward, long backward, Memory memory) {}

  @Override
  public Integer call() throws IOException {
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    var family = options.family();
    var rows = new ArrayList<Row>();
    for (var protocol : Protocol.values()) {
      var graph = options.graph(family, protocol);
      if (!graph.trained().isEmpty()) rows.add(row(family, protocol, graph));
    }
    if (measured != null) return measure(out, family, measured);
    if (json) out.println(JSON.writeValueAsString(object(family, rows)));
    else table(out, family, rows);
    out.flush();
    return memory == null || rows.stream().anyMatch(this::fits) ? 0 : NOTHING_FITS;
  }

  private int measure(PrintWriter out, Family family, Protocol protocol) throws IOException {
    var graph = options.graph(family, protocol);
    if (graph.trained().isEmpty())
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          protocol.label() + " trains nothing of this model");
    var symbols = options.symbols(family);
    long predicted = Memory.of(graph, AdamW.UNCLIPPED, Device.CPU, symbols).peak();
    var found = Measurement.of(family, graph, symbols, steps);
    double error = (double) predicted / found.peak() - 1;
    if (json)
      out.println(
          JSON.writeValueAsString(
              Map.of(
                  "protocol", protocol.name(),
                  "predicted_bytes", predicted,
                  "measured_bytes", found.peak(),
                  "cpu_seconds_per_step", found.seconds())));
    else
      out.printf(
          Locale.ROOT,
          "%s, %s, %s on this processor: predicted %s, measured %s (%+.1f %%); %.3f s a step%n",
          family.publication().architecture(),
          protocol.label(),
          options.told(family),
          new Bytes(predicted),
          new Bytes(found.peak()),
          100 * error,
          found.seconds());
    out.flush();
    return 0;
  }

  private Row row(Family family, Protocol protocol, Graph graph) {
    var symbols = options.symbols(family);
    var cost = Cost.of(graph, device);
    return new Row(
        protocol,
        graph.trained().stream().mapToLong(Parameter::elements).sum(),
        cost.forwardFlops().at(symbols),
        cost.backwardFlops().at(symbols),
        Memory.of(graph, AdamW.UNCLIPPED, device, symbols));
  }

  private boolean fits(Row row) {
    return memory == null || row.memory().peak() <= memory * (1L << 30);
  }

  private void table(PrintWriter out, Family family, List<Row> rows) {
    out.printf(
        Locale.ROOT,
        "%s, %,d parameters; a step of %s on a %s%n%n",
        family.publication().architecture(),
        parameters(family),
        options.told(family),
        device.name().toLowerCase(Locale.ROOT));
    out.printf(
        "%-17s %13s %9s %9s %9s %9s %9s %9s %9s  %s%n",
        "protocol",
        "trains",
        "GFLOPs",
        "weights",
        "gradients",
        "optimizer",
        "saved",
        "working",
        "peak",
        memory == null ? "most at" : "fits");
    for (var row : rows) {
      var m = row.memory();
      out.printf(
          Locale.ROOT,
          "%-17s %,13d %,9.1f %9s %9s %9s %9s %9s %9s  %s%n",
          row.protocol().label(),
          row.trained(),
          (row.forward() + row.backward()) / 1e9,
          new Bytes(m.weights()),
          new Bytes(m.gradients()),
          new Bytes(m.optimizer()),
          new Bytes(m.saved()),
          new Bytes(m.working()),
          new Bytes(m.peak()),
          memory == null ? m.where() : fits(row) ? "yes" : "no");
    }
    if (memory != null && rows.stream().noneMatch(this::fits))
      out.printf(
          Locale.ROOT,
          "%nNothing fits into %.1f GiB. A model is never spread over several GPUs here: choose a"
              + " smaller batch or length,%nbf16, --recompute, or a smaller model.%n",
          memory);
    out.println();
    out.println("The libraries of a GPU and the allocator take some hundred MiB more.");
  }

  private Map<String, Object> object(Family family, List<Row> rows) {
    var protocols = new ArrayList<Map<String, Object>>();
    for (var row : rows) {
      var m = row.memory();
      var one = new LinkedHashMap<String, Object>();
      one.put("protocol", row.protocol().name());
      one.put("trained_parameters", row.trained());
      one.put("forward_flops", row.forward());
      one.put("backward_flops", row.backward());
      one.put("weight_bytes", m.weights());
      one.put("gradient_bytes", m.gradients());
      one.put("optimizer_bytes", m.optimizer());
      one.put("saved_bytes", m.saved());
      one.put("working_bytes", m.working());
      one.put("peak_bytes", m.peak());
      if (memory != null) one.put("fits", fits(row));
      protocols.add(one);
    }
    return Map.of(
        "architecture", family.publication().architecture(),
        "parameters", parameters(family),
        "step", options.told(family),
        "protocols", protocols);
  }

  private long parameters(Family family) {
    return options.graph(family, Protocol.FULL).parameters().stream()
        .filter(parameter -> !parameter.buffer())
        .mapToLong(Parameter::elements)
        .sum();
  }
}
