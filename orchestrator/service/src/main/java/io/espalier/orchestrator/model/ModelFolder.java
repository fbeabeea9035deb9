package io.espalier.orchestrator.model;

import io.espalier.datasets.preprocess.PreprocessorConfig;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.selection.ModelFacts;
import io.espalier.models.family.Families;
import io.espalier.models.family.Family;
import io.espalier.models.family.ModelConfig;
import io.espalier.models.family.StoredTensors;
import io.espalier.models.graph.Cost;
import io.espalier.models.graph.Device;
import io.espalier.models.graph.Mode;
import io.espalier.models.graph.Parameter;
import io.espalier.models.graph.TrainingPlan;
import io.espalier.models.json.StrictJson;
import io.espalier.models.weights.Checkpoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A folder as it is published on a hub, checked as a base model: known kinds of files only, a
 * configuration of a known family, and every tensor of its backbone in the shape that the
 * configuration asks for. What passes here can be trained.
 *
 * @param files by name
 * @param notes what a person should know of it although it is accepted
 */
record ModelFolder(
    ModelConfig config, ModelFacts facts, String card, List<Path> files, List<String> notes) {

  private static final String CONFIG = "config.json";
  private static final String CARD = "README.md";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final long LARGEST_TEXT = 16L << 20;

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
            .found("a file that is named like none of them")
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
                  "Add the config.json that was published with the model.")
              .found("no such file")
              .allowed("one in the folder"));
    }
    requireSmallTexts(files);
    var config = ModelConfig.read(folder.resolve(CONFIG));
    if (config.has("auto_map")) {
      throw config.wrong("auto_map", "absent: code of a model's publisher is never run");
    }
    // It is kept in the database too, which has no NUL.
    if (config.json().toString().contains("\\u0000")) {
      throw new Refused(
          Problem.of(
                  "json-invalid",
                  Category.INVALID,
                  CONFIG,
                  "The configuration holds what is no text.",
                  "Use the config.json that was published with the model.")
              .found("a NUL character")
              .allowed("printable texts"));
    }
    var family = Families.of(config);
    requireTrainable(config, family);
    var preprocessor = folder.resolve(PreprocessorConfig.FILE_NAME);
    if (Files.exists(preprocessor)) PreprocessorConfig.read(Files.readAllBytes(preprocessor));
    switch (Families.modality(family.type())) {
      case IMAGE -> {
        // How images are prepared has a default; see PreprocessorConfig.
      }
      case TEXT -> requireTokenizer(folder);
    }
    var notes = notes(folder, family);
    var card = folder.resolve(CARD);
    var text =
        Files.exists(card) ? StrictJson.text(CARD, ByteBuffer.wrap(Files.readAllBytes(card))) : "";
    return new ModelFolder(config, facts(family), text, files, notes);
  }

  /** What {@code ops/trainer} reads is more than what a job can be chosen a protocol for. */
  private static void requireTrainable(ModelConfig config, Family family) {
    boolean convolutional =
        family.graph(TrainingPlan.nothing(), Mode.EVAL).linearModules().size() < 2;
    if (!family.classifies() || convolutional)
      throw config.wrong(
          config.has("model_type") ? "model_type" : "architecture",
          "a transformer that classifies: bert, clip, distilbert, roberta or vit");
  }

  /** Texts cannot be read without the vocabulary that the model was trained with. */
  private static void requireTokenizer(Path folder) throws IOException {
    var tokenizer = folder.resolve(TOKENIZER);
    var vocabulary = folder.resolve(VOCABULARY);
    if (Files.isRegularFile(tokenizer)) {
      StrictJson.object(tokenizer);
    } else if (Files.isRegularFile(vocabulary)) {
      var _ = StrictJson.text(VOCABULARY, ByteBuffer.wrap(Files.readAllBytes(vocabulary)));
    } else {
      throw new Refused(
          Problem.of(
                  "tokenizer-missing",
                  Category.INVALID,
                  TOKENIZER,
                  "A model of texts needs the tokenizer that it was trained with.",
                  "Add the tokenizer.json, or the vocab.txt, that was published with the model.")
              .found("nothing")
              .allowed(TOKENIZER + " or " + VOCABULARY));
    }
  }

  /** Reads every header of the weights; their numbers are not looked at. */
  private static List<String> notes(Path folder, Family family) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var stored = StoredTensors.of(family, Checkpoint.open(folder, arena));
      stored.requireSound();
      var notes = new ArrayList<String>();
      if (!stored.missing().isEmpty()) {
        notes.add(
            "The weights lack %s, which each training begins anew."
                .formatted(String.join(", ", stored.missing())));
      }
      var unused = stored.unused();
      if (!unused.isEmpty()) {
        notes.add(
            "The model has no place for %d of the tensors, which are not used: %s%s"
                .formatted(
                    unused.size(),
                    String.join(", ", unused.subList(0, Math.min(5, unused.size()))),
                    unused.size() > 5 ? ", …" : ""));
      }
      return List.copyOf(notes);
    }
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
}
