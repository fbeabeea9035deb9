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
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;

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

  private static final JsonMapper JSON = new JsonMapper();

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

  /**
   * Number of the token that fills up short texts: the one that {@code tokenizer_config.json}
   * names, else the one that ends texts, as is custom.
   */
  public static int padding(Path folder) throws IOException {
    var config = folder.resolve(CONFIG);
    if (!Files.isRegularFile(config)) return 0;
    var names = StrictJson.object(config);
    for (var key : List.of("pad_token", "eos_token")) {
      var named = names.path(key);
      var token = named.isString() ? named.asString() : named.path("content").asString("");
      var number = token.isEmpty() ? OptionalInt.empty() : number(folder, token);
      if (number.isPresent()) return number.getAsInt();
    }
    return 0;
  }

  /** Of a token that the tokenizer treats by itself, or of its vocabulary. */
  public static OptionalInt number(Path folder, String token) throws IOException {
    var json = JSON.readTree(json(folder));
    for (var added : json.path("added_tokens"))
      if (added.path("content").asString("").equals(token))
        return OptionalInt.of(added.path("id").asInt());
    var known = json.path("model").path("vocab").path(token);
    return known.isNumber() ? OptionalInt.of(known.asInt()) : OptionalInt.empty();
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
