package io.espalier.models.json;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads JSON that came from outside. Everything unexpected is a {@link Refused}. */
public final class StrictJson {

  /** A tokenizer-less model's JSON files are kilobytes; an index of shards may reach megabytes. */
  private static final long MAX_BYTES = 16L << 20;

  private static final int MAX_DEPTH = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(40)
                          .maxStringLength(1 << 20)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /** The mapper that reads so strictly, for streams. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  public static ObjectNode object(Path file) throws IOException {
    var name = String.valueOf(file.getFileName());
    long size = Files.size(file);
    if (size > MAX_BYTES)
      throw new Refused(
          problem(name, "The file is too large.", size + " bytes")
              .allowed("at most " + MAX_BYTES + " bytes"));
    return object(name, text(name, ByteBuffer.wrap(Files.readAllBytes(file))));
  }

  /** {@code name}: what a refusal calls the text. */
  public static ObjectNode object(String name, String text) {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) return object;
      throw new Refused(problem(name, "The file is no JSON object.", "another kind of value"));
    } catch (JacksonException e) {
      throw new Refused(
          problem(name, "The file is no strict JSON.", brief(e.getOriginalMessage())), e);
    }
  }

  /** UTF-8 without replacement characters; a leading byte order mark is dropped. */
  public static String text(String name, ByteBuffer bytes) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new Refused(problem(name, "The file is no UTF-8 text.", "other bytes"), e);
    }
  }

  private static String brief(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }

  private static Problem problem(String name, String message, String found) {
    return Problem.of(
            "json-invalid", Category.INVALID, name, message, "Save the file again as plain JSON.")
        .found(found)
        .allowed("one JSON object in UTF-8, at most " + MAX_DEPTH + " levels deep");
  }
}
