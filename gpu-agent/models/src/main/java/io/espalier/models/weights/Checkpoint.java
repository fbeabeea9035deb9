package io.espalier.models.weights;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.json.StrictJson;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The weights of a model folder: {@code model.safetensors}, or the shards that its index names. */
public final class Checkpoint implements TensorSource {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors");

  private final Map<String, Safetensors> byTensor;

  private Checkpoint(Map<String, Safetensors> byTensor) {
    this.byTensor = Collections.unmodifiableMap(byTensor);
  }

  /**
   * Throws {@link Refused} where the folder holds no safetensors, or the index and its shards do
   * not agree.
   */
  public static Checkpoint open(Path folder, Arena arena) throws IOException {
    var single = folder.resolve(SINGLE);
    if (Files.isRegularFile(single)) return of(Safetensors.open(single, arena));
    var index = folder.resolve(INDEX);
    if (Files.isRegularFile(index)) return sharded(folder, StrictJson.object(index), arena);
    throw refused(
        SINGLE,
        "The model folder holds no weights that can be read.",
        "neither " + SINGLE + " nor " + INDEX,
        "safetensors; other formats can run code and are not read");
  }

  /** One file by itself, whatever its name. */
  public static Checkpoint of(Safetensors file) {
    var byTensor = new LinkedHashMap<String, Safetensors>();
    file.names().forEach(name -> byTensor.put(name, file));
    return new Checkpoint(byTensor);
  }

  private static Checkpoint sharded(Path folder, ObjectNode index, Arena arena) throws IOException {
    if (!(index.get("weight_map") instanceof ObjectNode map) || map.isEmpty())
      throw refused(
          INDEX, "The index names no shards.", "no weight_map", "a weight_map of tensors");
    var shards = new TreeMap<String, Safetensors>();
    var byTensor = new LinkedHashMap<String, Safetensors>();
    for (var entry : map.properties()) {
      var shard = entry.getValue().asStringOpt().orElse("");
      var file = shards.get(shard);
      if (file == null) {
        file = shard(folder, shard, arena);
        shards.put(shard, file);
      }
      if (!file.names().contains(entry.getKey()))
        throw refused(
            shard, "The shard lacks a tensor.", "no " + entry.getKey(), "what the index names");
      byTensor.put(entry.getKey(), file);
    }
    for (var shard : shards.entrySet()) {
      var unnamed = new TreeSet<>(shard.getValue().names());
      unnamed.removeAll(byTensor.keySet());
      if (!unnamed.isEmpty())
        throw refused(
            shard.getKey(),
            "The shard holds a tensor that the index does not name.",
            unnamed.first(),
            "what the index names");
    }
    return new Checkpoint(byTensor);
  }

  /** A plain file of this very folder: no part of a path comes from the index. */
  private static Safetensors shard(Path folder, String name, Arena arena) throws IOException {
    if (!SHARD.matcher(name).matches())
      throw refused(
          INDEX,
          "The index names a shard that is no plain file of this folder.",
          name,
          "names such as model-00001-of-00002.safetensors");
    var file = folder.resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
      throw refused(name, "The shard is missing.", "no such file", "every shard of the index");
    return Safetensors.open(file, arena);
  }

  @Override
  public Set<String> names() {
    return byTensor.keySet();
  }

  @Override
  public Tensor tensor(String name) {
    var file = byTensor.get(name);
    if (file == null) throw new IllegalArgumentException("no tensor " + name);
    return file.tensor(name);
  }

  private static Refused refused(String file, String message, String found, String allowed) {
    return new Refused(
        Problem.of(
                "checkpoint-invalid",
                Category.INVALID,
                file,
                message,
                "Use a model folder with config.json and whole safetensors files.")
            .found(found)
            .allowed(allowed));
  }
}
