package io.espalier.orchestrator.model;

import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.selection.ModelFacts;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.graph.Cost;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.Size;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.weights.Checkpoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A folder as it is published on a hub, checked as a base model: known kinds of files only, a
 * configuration of a known family, and every tensor of its backbone in the shape that the
 * configuration asks for. What passes here can be trained.
 *
 * @param files by name
 */
record ModelFolder(ModelConfig config, ModelFacts facts, String card, List<Path> files) {

  private static final String CONFIG = "config.json";
  private static final String CARD = "README.md";
  private static final long LARGEST_TEXT = 4L << 20;

  /** By name; what is in them is checked too, or only ever handed out again. */
  private static final Pattern KNOWN =
      Pattern.compile(
          "(config|preprocessor_config|tokenizer|tokenizer_config|special_tokens_map|vocab|manifest"
              + "|model\\.safetensors\\.index)\\.json"
              + "|model(-\\d{5}-of-\\d{5})?\\.safetensors"
              + "|README\\.md|LICENSE(\\.txt|\\.md)?|NOTICE(\\.txt|\\.md)?|vocab\\.txt|merges\\.txt");

  static boolean isKnown(String name) {
    return KNOWN.matcher(name).matches();
  }

  static Refused unknown(String name) {
    return new Refused(
        Problem.of(
                "model-file-kind",
                Category.INVALID,
                name,
                "Files of this kind are not taken into a base model.",
                "Leave it out. Weights come as safetensors only: other formats can run code.")
            .allowed("config.json, *.safetensors, tokenizer and preprocessor files, README.md"));
  }

  static ModelFolder read(Path folder) throws IOException {
    var files = files(folder);
    if (!Files.isRegularFile(folder.resolve(CONFIG))) {
      throw new Refused(
          Problem.of(
              "model-config-missing",
              Category.INVALID,
              CONFIG,
              "A base model needs its configuration.",
              "Add the config.json that was published with the model."));
    }
    requireSmallTexts(files);
    var config = ModelConfig.read(folder.resolve(CONFIG));
    if (config.has("auto_map")) {
      throw config.wrong("auto_map", "absent: code of a model's publisher is never run");
    }
    var family = Families.of(config);
    var preprocessor = folder.resolve(PreprocessorConfig.FILE_NAME);
    if (Files.exists(preprocessor)) PreprocessorConfig.read(Files.readAllBytes(preprocessor));
    requireWeights(folder, family);
    var card = folder.resolve(CARD);
    return new ModelFolder(
        config, facts(family), Files.exists(card) ? Files.readString(card) : "", files);
  }

  private static List<Path> files(Path folder) throws IOException {
    var files = new ArrayList<Path>();
    try (var entries = Files.newDirectoryStream(folder)) {
      for (var entry : entries) {
        var name = entry.getFileName().toString();
        boolean plain = Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
        if (!plain || !isKnown(name)) throw unknown(name);
        files.add(entry);
      }
    }
    files.sort(null);
    return List.copyOf(files);
  }

  private static void requireSmallTexts(List<Path> files) throws IOException {
    for (var file : files) {
      if (file.toString().endsWith(".safetensors") || Files.size(file) <= LARGEST_TEXT) continue;
      throw new Refused(
          Problem.of(
                  "model-file-size",
                  Category.INVALID,
                  String.valueOf(file.getFileName()),
                  "The file is larger than such files are.",
                  "Use the file that was published with the model.")
              .found(Files.size(file) + " bytes")
              .allowed(LARGEST_TEXT + " bytes"));
    }
  }

  private static ModelFacts facts(Family family) {
    var graph = family.graph(TrainingPlan.nothing(), Mode.EVAL);
    double flops = Cost.of(graph, Device.CPU).forwardFlops().at(family.usualSample());
    long parameters = graph.parameters().stream().mapToLong(Parameter::elements).sum();
    return new ModelFacts(family.type(), parameters, family.featureSize(), family.blocks(), flops);
  }

  /** The head may be missing or be for other classes: it is made anew for each data set. */
  private static void requireWeights(Path folder, Family family) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(folder, arena);
      var stored = new HashMap<String, String>();
      for (var name : checkpoint.names()) {
        stored.put(family.names().older(name), name);
        // A model that was saved without any head has no prefix.
        stored.putIfAbsent(family.names().older(family.backbone() + "." + name), name);
      }
      for (var parameter : family.graph(TrainingPlan.nothing(), Mode.EVAL).parameters()) {
        if (parameter.name().startsWith(family.head() + ".")) continue;
        var name = stored.get(parameter.name());
        if (name == null) {
          throw misfit(parameter.name(), "The weights lack this tensor.", "nothing", parameter);
        }
        var tensor = checkpoint.tensor(name);
        if (!tensor.shape().equals(shape(parameter)) || !tensor.isFloating()) {
          var found = tensor.type() + " " + tensor.shape();
          throw misfit(name, "The tensor is not what config.json asks for.", found, parameter);
        }
      }
    }
  }

  private static List<Long> shape(Parameter parameter) {
    return parameter.shape().dimensions().stream().map(Size::constant).toList();
  }

  private static Refused misfit(String tensor, String message, String found, Parameter parameter) {
    return new Refused(
        Problem.of(
                "weights-do-not-fit",
                Category.INVALID,
                tensor,
                message,
                "Use config.json and weights of the same model.")
            .found(found)
            .allowed("floats of shape " + shape(parameter)));
  }
}
