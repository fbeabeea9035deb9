package io.espalier.trainer.weights;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Lora;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Safetensors;
import io.espalier.models.weights.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
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
 * @param head whether it holds a trained head too
 */
public record Adapter(Lora lora, SortedMap<String, Tensor> tensors, boolean head) {

  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";
  static final String PREFIX = "base_model.model.";
  private static final String MATRIX_A = ".lora_A.weight";
  private static final String MATRIX_B = ".lora_B.weight";

  /** Throws {@link Refused} where it is no plain LoRA adapter of this family. */
  public static Adapter read(Path folder, Family family, Arena arena) throws IOException {
    var config = ModelConfig.read(folder.resolve(CONFIG));
    mustBePlain(config);
    int rank = config.integer("r", 1, 65_536);
    double alpha = config.number("lora_alpha", 0, 1e6, rank);
    var stored = Safetensors.open(folder.resolve(WEIGHTS), arena);
    var tensors = new TreeMap<String, Tensor>();
    var targets = new TreeSet<String>();
    boolean head = false;
    for (var name : stored.names()) {
      if (!name.startsWith(PREFIX)) throw refused(name, "is no tensor of an adapter.");
      var ours = family.publication().names().older(name);
      var module = ours.substring(PREFIX.length());
      if (module.endsWith(MATRIX_A) || module.endsWith(MATRIX_B)) {
        targets.add(module.substring(0, module.length() - MATRIX_A.length()));
      } else if (family.publication().ofHead(module)) {
        ours = module;
        head = true;
      } else {
        throw refused(name, "is neither a matrix of LoRA nor a parameter of the head.");
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
    return new Adapter(lora, tensors, head);
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

  /** Trains what the adapter holds. */
  public TrainingPlan plan(Family family) {
    var plan = TrainingPlan.adapting(lora);
    return head ? plan.alsoTraining(family.publication().headModules()) : plan;
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
