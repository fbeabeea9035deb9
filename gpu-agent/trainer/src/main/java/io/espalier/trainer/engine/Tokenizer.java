package io.espalier.trainer.engine;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns texts into tokens as a {@code tokenizer.json} says. Loads a native library of its own. */
public final class Tokenizer implements AutoCloseable {

  private final HuggingFaceTokenizer tokenizer;

  private Tokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Cuts what is longer than {@code longest} tokens, the longer one of a pair first; fills nothing
   * up. Throws {@link Refused} where the file is not understood.
   */
  public static Tokenizer cutting(byte[] json, int longest) throws IOException {
    return of(json, Map.of("truncation", "true", "maxLength", Integer.toString(longest)));
  }

  /** Takes texts whole. */
  public static Tokenizer whole(byte[] json) throws IOException {
    return of(json, Map.of("truncation", "false"));
  }

  /** Takes texts whole, and adds no tokens that frame them. */
  public static Tokenizer bare(byte[] json) throws IOException {
    return of(json, Map.of("truncation", "false", "addSpecialTokens", "false"));
  }

  private static Tokenizer of(byte[] json, Map<String, String> options) throws IOException {
    EngineStart.offline();
    var all = new HashMap<>(options);
    all.put("padding", "false");
    try {
      return new Tokenizer(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), all));
    } catch (RuntimeException e) {
      throw new Refused(
          Problem.of(
              "tokenizer-invalid",
              Category.INVALID,
              "tokenizer.json",
              "is not understood: " + e.getMessage() + ".",
              "Use the tokenizer that was published with the model."),
          e);
    }
  }

  public List<Tokens> encode(List<String> texts) {
    return Arrays.stream(tokenizer.batchEncode(texts)).map(Tokenizer::tokens).toList();
  }

  public Tokens encode(String text) {
    return tokens(tokenizer.encode(text));
  }

  public Tokens encode(String text, String second) {
    return tokens(tokenizer.encode(text, second));
  }

  /** All that is told of a text. */
  public Encoded details(String text) {
    return details(tokenizer.encode(text));
  }

  /** The same of a pair. */
  public Encoded details(String text, String second) {
    return details(tokenizer.encode(text, second));
  }

  /** The text that tokens stand for. */
  public String decode(long[] ids, boolean withoutSpecial) {
    return tokenizer.decode(ids, withoutSpecial);
  }

  private static Encoded details(Encoding encoding) {
    return new Encoded(
        longs(encoding.getIds()),
        List.of(encoding.getTokens()),
        longs(encoding.getTypeIds()),
        longs(encoding.getAttentionMask()),
        longs(encoding.getSpecialTokenMask()),
        Arrays.stream(encoding.getCharTokenSpans()).map(Tokenizer::span).toList());
  }

  /** A token that stands for no text has none. */
  private static List<Long> span(@Nullable CharSpan span) {
    return span == null ? List.of(0L, 0L) : List.of((long) span.getStart(), (long) span.getEnd());
  }

  private static List<Long> longs(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static Tokens tokens(Encoding encoding) {
    return new Tokens(ints(encoding.getIds()), ints(encoding.getTypeIds()));
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
