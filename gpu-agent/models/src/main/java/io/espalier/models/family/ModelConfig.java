package io.espalier.models.family;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.graph.Activation;
import io.espalier.models.json.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's {@code config.json}. Every key is asked for with its type and its limits; what is
 * missing or out of them is refused by name.
 */
public final class ModelConfig {

  private static final String FILE = "config.json";
  private static final int MAX_LABELS = 1_000_000;

  /** As models that are not of Hugging Face name theirs. */
  private static final String CLASSES = "classes";

  private final ObjectNode json;

  /** Where in the file it stands: empty, or the key of a part and a dot. */
  private final String place;

  private ModelConfig(ObjectNode json, String place) {
    this.json = json;
    this.place = place;
  }

  public static ModelConfig of(ObjectNode json) {
    return new ModelConfig(json.deepCopy(), "");
  }

  static ModelConfig empty() {
    return new ModelConfig(JsonNodeFactory.instance.objectNode(), "");
  }

  /** Throws {@link Refused} where the file is not one JSON object. */
  public static ModelConfig read(Path file) throws IOException {
    return new ModelConfig(StrictJson.object(file), "");
  }

  /** The configuration of one of its parts. */
  ModelConfig part(String key) {
    if (!(present(key) instanceof ObjectNode part)) throw wrong(key, "an object");
    return new ModelConfig(part, place + key + ".");
  }

  public ObjectNode json() {
    return json.deepCopy();
  }

  public String text(String key) {
    return present(key).asStringOpt().orElseThrow(() -> wrong(key, "a text"));
  }

  public String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  public int integer(String key, int least, int most) {
    var node = present(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong(key, "a whole number");
    int value = node.intValue();
    if (value < least || value > most) throw wrong(key, "between " + least + " and " + most);
    return value;
  }

  public int integer(String key, int least, int most, int otherwise) {
    return has(key) ? integer(key, least, most) : otherwise;
  }

  public double number(String key, double least, double most, double otherwise) {
    if (!has(key)) return otherwise;
    var node = present(key);
    double value = node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!(value >= least && value <= most))
      throw wrong(key, "a number between " + least + " and " + most);
    return value;
  }

  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) return otherwise;
    if (!present(key).isBoolean()) throw wrong(key, "true or false");
    return present(key).booleanValue();
  }

  /** A number of equal parts of {@code whole}. */
  int divisor(String key, int whole) {
    int parts = integer(key, 1, 1024);
    if (whole % parts != 0) throw wrong(key, "a divisor of " + whole);
    return parts;
  }

  /** A list of whole numbers. */
  List<Integer> integers(String key, int least, int most, List<Integer> otherwise) {
    if (!has(key)) return otherwise;
    var numbers = new ArrayList<Integer>();
    for (var node : present(key)) {
      if (!node.isIntegralNumber() || !node.canConvertToInt()) throw wrong(key, "whole numbers");
      int value = node.intValue();
      if (value < least || value > most)
        throw wrong(key, "numbers between " + least + " and " + most);
      numbers.add(value);
    }
    if (numbers.isEmpty()) throw wrong(key, "a list of whole numbers");
    return numbers;
  }

  int side(String key, int least, int most, int otherwise) {
    return has(key) ? side(key, least, most) : otherwise;
  }

  /** A length that some configurations write as a pair; only squares are read. */
  public int side(String key, int least, int most) {
    var node = present(key);
    if (!node.isArray()) return integer(key, least, most);
    if (node.size() != 2 || !node.get(0).equals(node.get(1)) || !node.get(0).canConvertToInt())
      throw wrong(key, "one side of a square");
    int value = node.get(0).intValue();
    if (value < least || value > most) throw wrong(key, "between " + least + " and " + most);
    return value;
  }

  /** A function by the name that Hugging Face gives it. */
  Activation activation(String key, String otherwise) {
    return switch (text(key, otherwise)) {
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "relu" -> Activation.RELU;
      case "relu6" -> Activation.RELU6;
      case "silu", "swish" -> Activation.SILU;
      case "tanh" -> Activation.TANH;
      default ->
          throw wrong(
              key,
              "gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, relu, relu6, silu or"
                  + " tanh");
    };
  }

  /** The head of a classifier of texts: one answer for the text, or one for each token. */
  Head classifier() {
    return texts("architectures").stream().anyMatch(name -> name.endsWith("TokenClassification"))
        ? new Head.TokenClassification(labels().size())
        : classification();
  }

  Head.Classification classification() {
    var wanted = text("problem_type", Head.Targets.SINGLE_LABEL.problemType());
    for (var targets : Head.Targets.values())
      if (targets.problemType().equals(wanted))
        return new Head.Classification(labels().size(), targets);
    throw wrong(
        "problem_type", "single_label_classification, multi_label_classification or regression");
  }

  /** A list of texts; empty where the key is missing. */
  public List<String> texts(String key) {
    var texts = new ArrayList<String>();
    if (!has(key)) return texts;
    if (!present(key).isArray()) throw wrong(key, "a list of texts");
    for (var node : present(key))
      texts.add(node.asStringOpt().orElseThrow(() -> wrong(key, "a list of texts")));
    return texts;
  }

  /** Names of the classes in the order of their numbers; two placeholders where none are given. */
  public List<String> labels() {
    if (!has("id2label")) {
      var named = texts(CLASSES);
      if (!named.isEmpty()) return named;
      var labels = new ArrayList<String>();
      int count =
          has("num_classes")
              ? integer("num_classes", 1, MAX_LABELS)
              : integer("num_labels", 1, MAX_LABELS, 2);
      for (int i = 0; i < count; i++) labels.add("LABEL_" + i);
      return labels;
    }
    if (!(present("id2label") instanceof ObjectNode names) || names.isEmpty())
      throw wrong("id2label", "an object of numbers and names");
    var labels = new ArrayList<String>();
    for (int i = 0; i < names.size(); i++) {
      var name = names.get(Integer.toString(i));
      if (name == null || !name.isString())
        throw wrong("id2label", "a name for each number from 0 to " + (names.size() - 1));
      labels.add(name.stringValue());
    }
    return labels;
  }

  /** The same configuration for other classes. */
  public ModelConfig withLabels(List<String> labels) {
    var changed = json.deepCopy();
    if (has("num_classes")) {
      changed.put("num_classes", labels.size());
      var classes = changed.putArray(CLASSES);
      labels.forEach(classes::add);
      return new ModelConfig(changed, place);
    }
    var names = JsonNodeFactory.instance.objectNode();
    var numbers = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < labels.size(); i++) {
      names.put(Integer.toString(i), labels.get(i));
      numbers.put(labels.get(i), i);
    }
    changed.remove("num_labels");
    changed.set("id2label", names);
    changed.set("label2id", numbers);
    return new ModelConfig(changed, place);
  }

  /** The same configuration with one text changed. */
  public ModelConfig with(String key, JsonNode value) {
    var changed = json.deepCopy();
    changed.set(key, value);
    return new ModelConfig(changed, place);
  }

  public boolean has(String key) {
    return json.hasNonNull(key);
  }

  private JsonNode present(String key) {
    var node = json.get(key);
    if (node == null || node.isNull()) throw wrong(key, "present");
    return node;
  }

  /** A refusal that names the key, what is there and what would do. */
  public Refused wrong(String key, String expected) {
    return refuse(place + key, json.get(key), expected);
  }

  private static Refused refuse(String key, @Nullable JsonNode found, String expected) {
    var value = found == null ? "nothing" : found.toString();
    return new Refused(
        Problem.of(
                "model-config-invalid",
                Category.INVALID,
                FILE + " " + key,
                "The model cannot be built from this value.",
                "Use the configuration that was published with the model.")
            .found(value.length() > 80 ? value.substring(0, 80) + "…" : value)
            .allowed(expected));
  }
}
