package io.espalier.trainer.weights;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/**
 * A LoRA adapter as PEFT lays it out: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. Names may be those of transformers 4 or 5.
 *
 * @param tensors by the names that our graphs give them
 * @param saved modules that were trained whole and are in it, such as a head
 */
public record Adapter(Lora lora, SortedMap<String, Tensor> tensors, SortedSet<String> saved) {

  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";
  static final String PREFIX = "base_model.model.";
  private static final String MATRIX_A = ".lora_A.weight";
  private static final String MATRIX_B = ".lora_B.weight";
  private static final String SAVED = "modules_to_save";

  /** Whether a folder holds an adapter. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /** Throws {@link Refused} where it is no plain LoRA adapter of this family. */
  public static Adapter read(Path folder, Family family, Arena arena) throws IOException {
    var config = ModelConfig.read(folder.resolve(CONFIG));
    mustBePlain(config);
    int rank = config.integer("r", 1, 65_536);
    double alpha = config.number("lora_alpha", 0, 1e6, rank);
    var stored = Safetensors.open(folder.resolve(WEIGHTS), arena);
    var tensors = new TreeMap<String, Tensor>();
    var targets = new TreeSet<String>();
    var wholes = savedModules(config, family);
    var parameters = parameters(family);
    var saved = new TreeSet<String>();
    for (var name : stored.names()) {
      if (!name.startsWith(PREFIX)) throw refused(name, "is no tensor of an adapter.");
      var ours = family.publication().names().older(name);
      var module = ours.substring(PREFIX.length());
      if (module.endsWith(MATRIX_A) || module.endsWith(MATRIX_B)) {
        targets.add(module.substring(0, module.length() - MATRIX_A.length()));
      } else {
        var whole = family.publication().names().untied(module);
        ours = whole;
        saved.add(
            moduleOf(whole, wholes)
                .filter(_ -> parameters.contains(whole))
                .orElseThrow(() ->
                    refused(name, "is neither a matrix of LoRA nor in a module that is saved.")));
      }
      if (tensors.put(ours, stored.tensor(name)) != null) throw refused(name, "is there twice.");
    }
    var lora =
        new Lora(
            rank,
            alpha,
            config.number("lora_dropout", 0, 0.99, 0),
            config.flag("use_rslora", false),
            targets,
            byModule(config, "rank_pattern", targets, JsonNode::asInt),
            byModule(config, "alpha_pattern", targets, JsonNode::asDouble));
    return new Adapter(lora, tensors, saved);
  }

  /** Whole modules by what the configuration says; the head needs no mention. */
  private static Set<String> savedModules(ModelConfig config, Family family) {
    var names = new TreeSet<>(family.publication().headModules());
    if (!config.has(SAVED)) return names;
    var listed = config.json().get(SAVED);
    if (listed.isArray())
      listed.forEach(one -> {
        names.add(one.asString(""));
        names.add(family.publication().names().older(one.asString("")));
      });
    else if (!listed.isNull()) throw config.wrong(SAVED, "a list of names");
    return names;
  }

  private static Set<String> parameters(Family family) {
    var names = new TreeSet<String>();
    family.graph(TrainingPlan.nothing(), Mode.EVAL).parameters().stream()
        .map(Parameter::name)
        .forEach(names::add);
    return names;
  }

  /** The longest part of a parameter's name that is a module of that name. */
  private static Optional<String> moduleOf(String parameter, Set<String> names) {
    for (int dot = parameter.lastIndexOf('.'); dot > 0; dot = parameter.lastIndexOf('.', dot - 1)) {
      var module = parameter.substring(0, dot);
      if (names.stream().anyMatch(name -> Lora.names(name, module))) return Optional.of(module);
    }
    return Optional.empty();
  }

  /** What a pattern says of the modules that it covers: a part of a name, as PEFT matches it. */
  private static <T> Map<String, T> byModule(
      ModelConfig config, String key, Set<String> modules, Function<JsonNode, T> read) {
    var found = new TreeMap<String, T>();
    if (!config.has(key)) return found;
    for (var entry : config.json().get(key).properties()) {
      var pattern = pattern(config, key, entry.getKey());
      if (!entry.getValue().isNumber() || entry.getValue().doubleValue() < 1)
        throw config.wrong(key, "a number of at least 1 for every pattern");
      for (var module : modules)
        if (pattern.matcher(module).matches())
          found.putIfAbsent(module, read.apply(entry.getValue()));
    }
    return found;
  }

  private static Pattern pattern(ModelConfig config, String key, String text) {
    try {
      return Pattern.compile("(?:.*\\.)?(?:" + text + ")");
    } catch (PatternSyntaxException e) {
      throw config.wrong(key, "regular expressions");
    }
  }

  static boolean isMatrix(String name) {
    return name.endsWith(MATRIX_A) || name.endsWith(MATRIX_B);
  }

  Tensor matrix(String name) {
    var tensor = tensors.get(name);
    if (tensor == null) throw refused(name, "is missing.");
    return tensor;
  }

  /** Trains what the adapter holds. */
  public TrainingPlan plan() {
    return TrainingPlan.adapting(lora).alsoTraining(saved);
  }

  private static void mustBePlain(ModelConfig config) {
    if (!config.text("peft_type").equals("LORA")) throw config.wrong("peft_type", "LORA");
    if (!config.text("bias", "none").equals("none")) throw config.wrong("bias", "none");
    if (config.flag("use_dora", false)) throw config.wrong("use_dora", "false");
  }

  private static Refused refused(String tensor, String message) {
    return new Refused(
        Problem.of(
            "adapter-invalid",
            Category.INVALID,
            tensor,
            message,
            "Use a LoRA adapter that was trained on this base model."));
  }
}
