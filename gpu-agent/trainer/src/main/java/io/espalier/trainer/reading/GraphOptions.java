package io.espalier.trainer.reading;

import io.espalier.domain.protocol.Adapters;
import io.espalier.domain.protocol.Numerics;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Schedule;
import io.espalier.domain.protocol.Settings;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Graph;
import io.espalier.models.graph.Mode;
import io.espalier.models.protocol.Protocols;
import io.espalier.trainer.engine.Precisions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which graph a command is about: the model, and how it would be trained. */
final class GraphOptions {

  @Parameters(
      paramLabel = "MODEL",
      description = "A model's folder, or its config.json alone; no weights are read.")
  Path model = Path.of(".");

  @Option(names = "--batch", paramLabel = "N", description = "Samples in a step: ${DEFAULT-VALUE}.")
  int batch = 8;

  @Option(
      names = "--length",
      paramLabel = "TOKENS",
      description = "Tokens of a text, where the model reads texts: ${DEFAULT-VALUE}.")
  int length = 128;

  @Option(
      names = "--side",
      paramLabel = "PIXELS",
      description = "Side of an image, where the model takes any: as it was made for.")
  @Nullable Integer side;

  @Option(
      names = "--labels",
      paramLabel = "N",
      description = "Classes of a new head: as many as the model's own.")
  @Nullable Integer labels;

  @Option(names = "--rank", paramLabel = "R", description = "LoRA's rank: ${DEFAULT-VALUE}.")
  int rank = 8;

  @Option(
      names = "--precision",
      description = {
        "f32, bf16 with 32-bit weights where they train, or auto, which this processor is fastest",
        "in: ${DEFAULT-VALUE}."
      })
  Precision precision = Precision.F32;

  @Option(names = "--recompute", description = "Keep only what crosses from layer to layer.")
  boolean recompute;

  Family family() throws IOException {
    var file = Files.isDirectory(model) ? model.resolve("config.json") : model;
    var family = Families.of(ModelConfig.read(file));
    return labels == null ? family : family.classifying(labels);
  }

  Graph graph(Family family, Protocol protocol) {
    var numerics = new Numerics(settled(family), recompute);
    var plain = Settings.of(Schedule.linear(1e-4, 0, 1), batch, 0).with(numerics);
    var settings =
        protocol == Protocol.LORA ? plain.with(Reach.DEFAULT.with(Adapters.ofRank(rank))) : plain;
    return family.graph(Protocols.plan(new Training(protocol, settings), family), Mode.TRAIN);
  }

  /** What the symbols of a graph's shapes are in such a step. */
  Map<String, Long> symbols(Family family) {
    var symbols = new HashMap<>(family.usualSample());
    symbols.put("B", (long) batch);
    symbols.computeIfPresent("T", (_, _) -> (long) length);
    symbols.computeIfPresent("S", (_, _) -> (long) length);
    if (side != null) {
      long pixels = side;
      symbols.computeIfPresent("H", (_, _) -> pixels);
      symbols.computeIfPresent("W", (_, _) -> pixels);
    }
    return symbols;
  }

  private Precision settled(Family family) {
    return precision == Precision.AUTO ? Precisions.fastest(Device.CPU, family) : precision;
  }

  String told(Family family) {
    var symbols = symbols(family);
    var text = new StringBuilder("batch " + batch);
    if (symbols.containsKey("T")) text.append(", ").append(length).append(" tokens");
    if (symbols.containsKey("H")) text.append(", ").append(symbols.get("H")).append(" pixels");
    text.append(", ").append(settled(family).told());
    return text + (recompute ? ", recomputed" : "");
  }
}
