package io.espalier.trainer.weights;

import io.espalier.models.family.Family;
import io.espalier.models.family.Head;
import io.espalier.models.family.Publication;
import io.espalier.models.graph.DType;
import io.espalier.models.graph.Lora;
import io.espalier.models.weights.Durable;
import io.espalier.models.weights.ElementType;
import io.espalier.models.weights.SafetensorsWriter;
import io.espalier.models.weights.SafetensorsWriter.Part;
import io.espalier.models.weights.Tensor;
import io.espalier.models.weights.TensorSource;
import io.espalier.trainer.engine.TrainingSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.ValueNode;

/** Writes what a session has trained, so that Hugging Face's libraries load it. */
public final class Export {

  private static final Map<String, String> METADATA = Map.of("format", "pt");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final TrainingSession session;
  private final Family family;
  private final Publication published;

  /** {@code family}: the one that the session was opened with. */
  public Export(TrainingSession session, Family family) {
    this.session = session;
    this.family = family;
    published = family.publication();
  }

  /**
   * A whole model folder with the adapters folded into the weights.
   *
   * @param base the model that was trained from: how it takes images or texts is told alike
   * @param labels the classes, in the order of the head's rows
   */
  public void merged(Path folder, ModelFolder base, List<String> labels) throws IOException {
    var architecture = JsonNodeFactory.instance.arrayNode().add(published.architecture());
    var config = base.config().withLabels(labels).with("architectures", architecture).json();
    config.remove("dtype");
    config.remove("problem_type"); // of the head that was replaced
    if (family.head() instanceof Head.Classification(_, var targets)
        && targets != Head.Targets.SINGLE_LABEL) config.put("problem_type", targets.problemType());
    config.put("torch_dtype", "float32");
    Durable.folder(
        folder,
        inside -> {
          Durable.write(inside.resolve(ModelFolder.CONFIG), JSON.writeValueAsBytes(config));
          SafetensorsWriter.write(
              inside.resolve("model.safetensors"), METADATA, mergedParts(base.checkpoint()));
          if (base.preprocessor().isPresent())
            Durable.write(
                inside.resolve(ModelFolder.PREPROCESSOR),
                JSON.writeValueAsBytes(base.preprocessor().get()));
          for (var file : base.tokenizer())
            Durable.write(inside.resolve(file.getFileName()), Files.readAllBytes(file));
        });
  }

  /**
   * The adapter alone. Where transformers 5 has renamed the family's modules and refuses the older
   * names, the folder itself uses those of transformers 4, and {@code transformers5} in it holds
   * the same adapter with the newer ones.
   *
   * @param base name or path of the base model, for {@code base_model_name_or_path}
   */
  public void adapter(Path folder, String base) throws IOException {
    var lora =
        session
            .graph()
            .plan()
            .lora()
            .orElseThrow(() -> new IllegalStateException("the session trains no adapter"));
    Durable.folder(
        folder,
        inside -> {
          writeAdapter(inside, base, lora, UnaryOperator.identity());
          if (!published.names().changed()) return;
          var newer = Files.createDirectory(inside.resolve("transformers5"));
          writeAdapter(newer, base, lora, published.names()::newer);
        });
  }

  private void writeAdapter(Path folder, String base, Lora lora, UnaryOperator<String> spelling)
      throws IOException {
    var config = adapterConfig(base, lora, spelling);
    Durable.write(folder.resolve(Adapter.CONFIG), JSON.writeValueAsBytes(config));
    var parts = new ArrayList<Part>();
    for (var part : session.trainedParts()) {
      var name =
          part.name().startsWith(Adapter.PREFIX) ? part.name() : Adapter.PREFIX + part.name();
      parts.add(new Part(spelling.apply(name), part.type(), part.shape(), part.content()));
    }
    SafetensorsWriter.write(folder.resolve(Adapter.WEIGHTS), METADATA, parts);
  }

  private ObjectNode adapterConfig(String base, Lora lora, UnaryOperator<String> spelling) {
    var config = JsonNodeFactory.instance.objectNode();
    // PEFT finds the class of the base model by the task, or where it knows none, by this.
    if (published.peftTask().isPresent()) config.putNull("auto_mapping");
    else
      config
          .putObject("auto_mapping")
          .put("base_model_class", published.architecture())
          .put("parent_library", published.library());
    config.put("base_model_name_or_path", base);
    config.put("bias", "none");
    config.put("fan_in_fan_out", session.graph().linearModules().containsValue(true));
    config.put("inference_mode", true);
    config.put("init_lora_weights", true);
    config.set("lora_alpha", wholeIfPossible(lora.alpha()));
    config.put("lora_dropout", lora.dropout());
    var saved = savedModules();
    if (saved.isEmpty()) config.putNull("modules_to_save");
    else saved.stream().map(spelling).forEach(config.putArray("modules_to_save")::add);
    config.put("peft_type", "LORA");
    config.put("r", lora.rank());
    var targets = config.putArray("target_modules");
    adaptedModules().stream().map(spelling).sorted().forEach(targets::add);
    published
        .peftTask()
        .ifPresentOrElse(task -> config.put("task_type", task), () -> config.putNull("task_type"));
    config.put("use_dora", false);
    config.put("use_rslora", lora.rankStabilised());
    return config;
  }

  /** The head where it trains, and what else trains whole: none of them lies in another. */
  private List<String> savedModules() {
    var modules = new TreeSet<String>();
    for (var parameter : session.graph().trained()) {
      if (Lora.owns(parameter)) continue;
      var name = parameter.name();
      modules.add(
          published.headModules().stream()
              .filter(head -> name.startsWith(head + "."))
              .findFirst()
              .orElseGet(() -> name.substring(0, Math.max(0, name.lastIndexOf('.')))));
    }
    return modules.stream()
        .filter(module -> modules.stream().noneMatch(other -> module.startsWith(other + ".")))
        .toList();
  }

  /** PEFT declares it as a whole number, and most are. */
  private static ValueNode wholeIfPossible(double alpha) {
    return alpha == Math.rint(alpha)
        ? JsonNodeFactory.instance.numberNode((long) alpha)
        : JsonNodeFactory.instance.numberNode(alpha);
  }

  /** In full: a last part alone could name a layer outside the backbone in another release. */
  private List<String> adaptedModules() {
    var modules = new TreeSet<String>();
    var names = new TreeSet<String>();
    session.graph().parameters().forEach(parameter -> names.add(parameter.name()));
    for (var module : session.graph().linearModules().keySet())
      if (names.contains(Lora.matrixA(module))) modules.add(module);
    return List.copyOf(modules);
  }

  private List<Part> mergedParts(TensorSource base) {
    var parts = new ArrayList<Part>();
    for (var name : base.names())
      if (family.carried().stream().anyMatch(module -> name.startsWith(module + "."))) {
        var tensor = base.tensor(name);
        parts.add(new Part(name, tensor.type(), tensor.shape(), () -> tensor));
      }
    for (var parameter : session.graph().parameters()) {
      if (Lora.owns(parameter)) continue;
      var shape = parameter.shape().dimensions().stream().map(size -> size.constant()).toList();
      var type = parameter.type() == DType.I64 ? ElementType.I64 : ElementType.F32;
      parts.add(new Part(parameter.name(), type, shape, () -> mergedTensor(parameter.name())));
    }
    return parts;
  }

  /** A parameter of the model without adapters, as the merged folder holds it. */
  private Tensor mergedTensor(String name) {
    var weight = session.tensor(name);
    var module = name.endsWith(".weight") ? name.substring(0, name.length() - 7) : name;
    if (!adaptedModules().contains(module) || !name.endsWith(".weight")) return weight;
    return Merge.of(
        weight,
        session.tensor(Lora.matrixA(module)),
        session.tensor(Lora.matrixB(module)),
        session.graph().plan().lora().orElseThrow().scale(module),
        session.graph().linearModules().getOrDefault(module, false));
  }
}
