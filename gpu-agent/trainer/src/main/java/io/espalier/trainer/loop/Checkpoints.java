package io.espalier.trainer.loop;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Numerics.Precision;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Durable;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.trainer.engine.TrainingSession;
import io.espalier.trainer.metric.Metric;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The checkpoints of one training in a folder: {@code step-00000040/} holds all that going on
 * needs, under a manifest of digests; {@code best.safetensors} beside them the best weights so far.
 * A checkpoint appears whole or not at all, and the last two are kept.
 */
final class Checkpoints {

  private static final String STATE = "state.safetensors";
  private static final String LOOP = "loop.json";
  private static final String BEST = "best.safetensors";
  private static final Pattern NAME = Pattern.compile("step-(\\d{8})");
  private static final String LAYER_RATES = "layerRates";
  private static final String AT_ONCE = "atOnce";
  private static final String PRECISION = "precision";
  private static final int KEPT = 2;
  private static final JsonMapper JSON = new JsonMapper();

  private final Path folder;
  private final TrainingSession session;
  private final String identity;
  private final Begun begun;
  private final Progress progress;

  /** {@code identity}: what must be equal for a checkpoint to belong to this training. */
  Checkpoints(Path folder, TrainingSession session, String identity, Begun begun, Progress progress)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.session = session;
    this.identity = identity;
    this.begun = begun;
    this.progress = progress;
  }

  Checkpoint save(LoopState state) throws IOException {
    var target = folder.resolve("step-%08d".formatted(state.step()));
    var digests = new TreeMap<String, String>();
    Durable.folder(
        target,
        inside -> {
          SafetensorsWriter.write(inside.resolve(STATE), Map.of(), session.stateParts());
          Durable.write(inside.resolve(LOOP), JSON.writeValueAsBytes(json(state)));
          if (state.best().isPresent()) linkOrCopy(bestWeights(), inside.resolve(BEST));
          digests.putAll(Manifest.write(inside));
        });
    var old = newestFirst();
    for (var surplus : old.subList(Math.min(KEPT, old.size()), old.size())) Durable.delete(surplus);
    return new Checkpoint(target, digests);
  }

  void saveBest() throws IOException {
    SafetensorsWriter.write(bestWeights(), Map.of(), session.changedParts());
  }

  Path bestWeights() {
    return folder.resolve(BEST);
  }

  /**
   * Puts the newest sound checkpoint into the session. What a crash has damaged is passed over and
   * reported; a checkpoint of another training is refused, since it was put here by mistake.
   */
  Optional<LoopState> restoreNewest() throws IOException {
    for (var checkpoint : newestFirst()) {
      var flaw = Manifest.flaw(checkpoint);
      if (flaw.isPresent()) {
        progress.rejected(checkpoint, flaw.get());
        continue;
      }
      var json = StrictJson.object(checkpoint.resolve(LOOP));
      if (!json.path("identity").asString("").equals(identity)) throw foreign(checkpoint);
      try (var arena = Arena.ofShared()) {
        session.restoreState(Safetensors.open(checkpoint.resolve(STATE), arena));
      }
      Files.deleteIfExists(bestWeights());
      if (Files.exists(checkpoint.resolve(BEST)))
        linkOrCopy(checkpoint.resolve(BEST), bestWeights());
      return Optional.of(state(json));
    }
    return Optional.empty();
  }

  /** What the training in a folder was begun with; nothing if it was not. */
  static Begun begun(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) return Begun.NEW;
    for (var checkpoint : newestFirst(folder)) {
      if (Manifest.flaw(checkpoint).isPresent()) continue;
      var json = StrictJson.object(checkpoint.resolve(LOOP));
      var rates = new TreeMap<Integer, Double>();
      json.path(LAYER_RATES)
          .properties()
          .forEach(
              entry -> rates.put(Integer.valueOf(entry.getKey()), entry.getValue().asDouble()));
      return new Begun(
          rates,
          json.has(AT_ONCE) ? OptionalInt.of(json.path(AT_ONCE).asInt()) : OptionalInt.empty(),
          Optional.of(Precision.valueOf(json.path(PRECISION).asString(Precision.F32.name()))));
    }
    return Begun.NEW;
  }

  /** A second name costs no space, and the file is only ever replaced, never written to. */
  private static void linkOrCopy(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(from, to);
    }
  }

  private List<Path> newestFirst() throws IOException {
    return newestFirst(folder);
  }

  private static List<Path> newestFirst(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries
          .filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  private ObjectNode json(LoopState state) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("identity", identity);
    json.put("step", state.step());
    json.put("nonFinite", state.nonFinite());
    begun.atOnce().ifPresent(atOnce -> json.put(AT_ONCE, atOnce));
    begun.precision().ifPresent(precision -> json.put(PRECISION, precision.name()));
    if (!begun.layerRates().isEmpty()) {
      var rates = json.putObject(LAYER_RATES);
      begun.layerRates().forEach((depth, rate) -> rates.put(depth.toString(), rate));
    }
    state
        .best()
        .ifPresent(best ->
            json.putObject("best")
                .put("step", best.step())
                .put("loss", best.metrics().loss())
                .put("metric", best.metrics().metric().key())
                .put("value", best.metrics().value())
                .put("samples", best.metrics().samples()));
    return json;
  }

  private static LoopState state(ObjectNode json) {
    Optional<LoopState.Best> best =
        json.get("best") instanceof ObjectNode found
            ? Optional.of(
                new LoopState.Best(
                    found.path("step").asInt(),
                    new Metrics(
                        found.path("loss").asDouble(),
                        Metric.of(found.path("metric").asString(""))
                            .orElseThrow(() -> new IllegalStateException("no metric in " + LOOP)),
                        found.path("value").asDouble(),
                        found.path("samples").asLong())))
            : Optional.empty();
    return new LoopState(json.path("step").asInt(), json.path("nonFinite").asInt(), best);
  }

  private static Refused foreign(Path checkpoint) {
    return new Refused(
        Problem.of(
            "checkpoint-of-another-training",
            Category.CONFLICT,
            String.valueOf(checkpoint.getFileName()),
            "this checkpoint was made by a training with another model or other settings.",
            "Use a fresh work folder for every training."));
  }
}
