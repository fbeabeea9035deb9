package io.espalier.orchestrator.job;

import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.selection.Preflight;
import io.espalier.domain.selection.Prospect;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import io.espalier.models.family.Family;
import io.espalier.models.graph.Cost;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Mode;
import io.espalier.models.protocol.Protocols;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads every protocol's cost and memory from the model's own graph. */
final class Prospects {

  private static final List<Protocol> CONSIDERED =
      List.of(Protocol.LINEAR_PROBE, Protocol.LORA, Protocol.LAYER_WISE, Protocol.FULL);

  /** Of a text, until the tokenizer has seen them. */
  private static final long TOKENS = 128;

  static List<Prospect> of(
      Family family,
      JobFacts.Inputs inputs,
      Preflight preflight,
      GpuTime cap,
      double flopsPerSecond,
      @Nullable Bytes largestSlot) {
    var room =
        new Prospect.Room(
            inputs.train(),
            inputs.validation(),
            inputs.test(),
            flopsPerSecond,
            Prospect.usable(cap, preflight),
            largestSlot);
    int batch = preflight.batchSize();
    return CONSIDERED.stream()
        .map(protocol -> Prospect.of(protocol, step(protocol, family, batch), batch, room))
        .toList();
  }

  private static Prospect.Step step(Protocol protocol, Family family, int batch) {
    var plan = Protocols.plan(new Training(protocol, settings(protocol, batch)), family);
    var cost = Cost.of(family.graph(plan, Mode.TRAIN), Device.CPU);
    var symbols = new HashMap<>(family.usualSample());
    symbols.put("B", (long) batch);
    symbols.computeIfPresent("T", (_, _) -> TOKENS);
    return new Prospect.Step(
        cost.forwardFlops().at(symbols),
        cost.backwardFlops().at(symbols),
        new Bytes(cost.residentBytes(symbols)));
  }

  /**
   * Only what shapes the graph counts here; the rest is chosen when the data are measured, and 32
   * bits are the most that a device may want.
   */
  private static Settings settings(Protocol protocol, int batch) {
    var settings = Settings.of(Schedule.linear(1e-4, 0, 1), batch, 0).with(Numerics.F32);
    return protocol == Protocol.LORA
        ? settings.with(Reach.DEFAULT.with(Adapters.ofRank(8)))
        : settings;
  }

  /** Null until an agent has reported a slot. */
  static @Nullable Bytes largestSlot(JdbcClient jdbc) {
    return jdbc.sql(
            "select memory_bytes from slot where present and enabled order by 1 desc limit 1")
        .query(Long.class)
        .optional()
        .map(Bytes::new)
        .orElse(null);
  }

  private Prospects() {}
}
