package io.espalier.trainer.text;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.json.StrictJson;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokenizer of a model folder: {@code tokenizer.json}, or BERT's older {@code vocab.txt} with
 * {@code tokenizer_config.json}.
 */
public final class TokenizerFiles {

  private static final String TOKENIZER = "tokenizer.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final String CONFIG = "tokenizer_config.json";
  private static final List<String> NAMES =
      List.of(TOKENIZER, VOCABULARY, CONFIG, "special_tokens_map.json");
  private static final long LONGEST = 64L << 20;

  private final byte[] json;
  private final List<Path> files;

  private TokenizerFiles(byte[] json, List<Path> files) {
    this.json = json;
    this.files = List.copyOf(files);
  }

  /** What {@code tokenizer.json} holds or would hold. */
  public byte[] json() {
    return json.clone();
  }

  /** As they lie in the model's folder: exports carry them along. */
  public List<Path> files() {
    return files;
  }

  /** Throws {@link Refused} where there is none, or one that is not sound. */
  public static TokenizerFiles read(Path folder) throws IOException {
    var files = new ArrayList<Path>();
    for (var name : NAMES) {
      var file = folder.resolve(name);
      if (!Files.isRegularFile(file)) continue;
      if (Files.size(file) > LONGEST)
        throw refused(name, Files.size(file) + " bytes", "is longer than " + LONGEST + " bytes.");
      files.add(file);
    }
    return new TokenizerFiles(json(folder), files);
  }

  private static byte[] json(Path folder) throws IOException {
    var tokenizer = folder.resolve(TOKENIZER);
    if (Files.isRegularFile(tokenizer)) {
      StrictJson.object(tokenizer);
      return Files.readAllBytes(tokenizer);
    }
    var vocabulary = folder.resolve(VOCABULARY);
    if (!Files.isRegularFile(vocabulary))
      throw refused(
          TOKENIZER, "nothing", "is missing, and so is " + VOCABULARY + ": texts cannot be read.");
    var config = folder.resolve(CONFIG);
    boolean lowercase =
        !Files.isRegularFile(config)
            || StrictJson.object(config).path("do_lower_case").asBoolean(true);
    try {
      return new WordPiece(Files.readAllLines(vocabulary), lowercase).json();
    } catch (CharacterCodingException e) {
      throw refused(VOCABULARY, "other bytes", "must be UTF-8.");
    }
  }

  private static Refused refused(String file, String found, String message) {
    return new Refused(
        Problem.of(
                "tokenizer-invalid",
                Category.INVALID,
                file,
                message,
                "Use the tokenizer that was published with the model.")
            .found(found));
  }
}
