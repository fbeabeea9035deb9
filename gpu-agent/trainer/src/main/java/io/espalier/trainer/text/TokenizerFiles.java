package io.espalier.trainer.text;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.json.StrictJson;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private TokenizerFiles() {}

  /** Those that a model's folder holds; exports carry them along. */
  public static List<Path> in(Path folder) {
    return NAMES.stream().map(folder::resolve).filter(Files::isRegularFile).toList();
  }

  /**
   * What {@code tokenizer.json} holds or would hold. Throws {@link Refused} where there is none, or
   * one that is not sound.
   */
  public static byte[] json(Path folder) throws IOException {
    for (var file : in(folder)) {
      if (Files.size(file) > LONGEST)
        throw refused(
            String.valueOf(file.getFileName()),
            Files.size(file) + " bytes",
            "is longer than " + LONGEST + " bytes.");
    }
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
