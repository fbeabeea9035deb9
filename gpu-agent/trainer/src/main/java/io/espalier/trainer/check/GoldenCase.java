package io.espalier.trainer.check;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.AdamW;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code case.json} tells about a run of the reference implementation.
 *
 * @param base the model folder that it began from
 * @param inputs the batch of every step
 * @param trainable names of what trained; empty where the adapter's file or the whole model says it
 * @param rates by parameter, where they differ
 * @param losses before each step and after the last
 * @param noisy per group, elements of a tensor that 32 and 64 bits compute differently
 */
record GoldenCase(
    Path folder,
    Path base,
    Path inputs,
    Mode mode,
    AdamW optimizer,
    double rate,
    Map<String, Double> rates,
    double weightDecay,
    Set<String> noDecay,
    Optional<Set<String>> trainable,
    List<Double> losses,
    Optional<Double> gradientNorm,
    Map<String, Map<String, Integer>> noisy) {

  private static final Pattern CLIP = Pattern.compile("norm ([0-9.]+(?:[eE][-+]?[0-9]+)?)");

  /** {@code otherBase} replaces the folder that {@code case.json} names. */
  static GoldenCase read(Path folder, Optional<Path> otherBase) throws IOException {
    var json = StrictJson.object(folder.resolve("case.json"));
    if (!(json.get("training") instanceof ObjectNode training))
      throw refused("training", json.get("training"), "an object");
    mustBe(training, "schedule", "none");
    mustBe(training, "dropout", "0");
    var base = otherBase.orElseGet(() -> base(folder, json));
    var inputs =
        json.has("inputs_file") && otherBase.isEmpty()
            ? folder.resolve(json.get("inputs_file").asString())
            : firstExisting(folder, base, "inputs.safetensors");
    var betas = training.path("betas");
    var optimizer =
        new AdamW(
            number(betas.path(0), "betas"),
            number(betas.path(1), "betas"),
            number(training.path("eps"), "eps"),
            clip(training.path("grad_clip")));
    var rates = new HashMap<String, Double>();
    json.path("lr_by_parameter")
        .properties()
        .forEach(entry -> rates.put(entry.getKey(), number(entry.getValue(), "lr_by_parameter")));
    return new GoldenCase(
        folder,
        base.normalize(),
        inputs.normalize(),
        mode(training.path("mode")),
        optimizer,
        rates.isEmpty() ? number(training.path("lr"), "lr") : 0,
        rates,
        number(training.path("weight_decay"), "weight_decay"),
        new HashSet<>(texts(json.path("no_decay"))),
        training.path("trainable").isArray()
            ? Optional.of(new HashSet<>(texts(training.path("trainable"))))
            : Optional.empty(),
        numbers(json.path("losses_before_each_of_5_steps_and_after")),
        json.has("grad_l2_norm")
            ? Optional.of(number(json.get("grad_l2_norm"), "grad_l2_norm"))
            : Optional.empty(),
        noisy(json.path("float32_vs_float64")));
  }

  /** Nothing is trained; only what a model gives for stored inputs is known. */
  static GoldenCase ofOutputs(Path folder) {
    return new GoldenCase(
        folder,
        folder,
        folder.resolve("inputs.safetensors"),
        Mode.EVAL,
        AdamW.UNCLIPPED,
        0,
        Map.of(),
        0,
        Set.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Map.of());
  }

  /** Rates and decay as the reference had them; a step's rate is then 1. */
  TrainingPlan grouped(TrainingPlan plan) {
    return plan.grouped(parameter ->
        new TrainingPlan.Group(
            rate(parameter), noDecay.contains(parameter.name()) ? 0 : weightDecay));
  }

  double rate(Parameter parameter) {
    if (rates.isEmpty()) return rate;
    var own = rates.get(parameter.name());
    if (own == null) throw refused("lr_by_parameter", null, "a rate for " + parameter.name());
    return own;
  }

  int noisyElements(String group, String name) {
    return noisy.getOrDefault(group, Map.of()).getOrDefault(name, 0);
  }

  int steps() {
    return losses.size() - 1;
  }

  private static Path base(Path folder, ObjectNode json) {
    for (var key : new String[] {"base", "model_file"})
      if (json.has(key)) {
        var weights = folder.resolve(json.get(key).asString());
        var base = weights.getParent();
        if (base != null) return base;
      }
    return folder;
  }

  private static Path firstExisting(Path first, Path second, String name) {
    return Files.exists(first.resolve(name)) ? first.resolve(name) : second.resolve(name);
  }

  private static Mode mode(JsonNode node) {
    // The word may be explained in brackets.
    return switch (node.asString("").replaceFirst(" .*", "")) {
      case "eval" -> Mode.EVAL;
      case "train" -> Mode.TRAIN;
      default -> throw refused("mode", node, "eval or train");
    };
  }

  /** A number, "none", or a sentence that ends in the norm. */
  private static double clip(JsonNode node) {
    if (node.isNumber()) return node.doubleValue();
    var text = node.asString("none");
    if (text.equals("none")) return Double.POSITIVE_INFINITY;
    var norm = CLIP.matcher(text);
    if (!norm.find()) throw refused("grad_clip", node, "none, or a norm");
    return Double.parseDouble(norm.group(1));
  }

  private static void mustBe(ObjectNode training, String key, String only) {
    var node = training.path(key);
    var found = node.isNumber() && node.doubleValue() == 0 ? "0" : node.asString(only);
    if (!found.equals(only)) throw refused(key, node, only);
  }

  private static double number(JsonNode node, String key) {
    if (!node.isNumber()) throw refused(key, node, "a number");
    return node.doubleValue();
  }

  private static List<Double> numbers(JsonNode node) {
    var numbers = new ArrayList<Double>();
    node.forEach(each -> numbers.add(number(each, "losses")));
    if (numbers.size() < 2) throw refused("losses", node, "a loss before each step and one after");
    return numbers;
  }

  private static List<String> texts(JsonNode node) {
    var texts = new ArrayList<String>();
    node.forEach(each -> texts.add(each.asString()));
    return texts;
  }

  private static Map<String, Map<String, Integer>> noisy(JsonNode node) {
    var groups = new HashMap<String, Map<String, Integer>>();
    for (var group : node.properties()) {
      if (!group.getValue().isObject()) continue;
      var counts = new HashMap<String, Integer>();
      for (var tensor : group.getValue().properties())
        counts.put(tensor.getKey(), tensor.getValue().path("count").asInt(0));
      groups.put(group.getKey(), counts);
    }
    return groups;
  }

  private static Refused refused(String key, @Nullable JsonNode found, String expected) {
    return new Refused(
        Problem.of(
                "case-not-understood",
                Category.INVALID,
                "case.json " + key,
                "the comparison cannot repeat this run: it needs " + expected + ".",
                "Check a case of the documented form.")
            .found(found == null ? "nothing" : found));
  }
}
