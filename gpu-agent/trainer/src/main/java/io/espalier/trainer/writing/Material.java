package io.espalier.trainer.writing;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.BatchLayout;
import io.espalier.models.family.Decoder;
import io.espalier.models.family.Family;
import io.espalier.models.family.Network;
import io.espalier.models.family.T5;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.generation.Ends;
import io.espalier.trainer.template.ChatTemplate;
import io.espalier.trainer.text.TokenizerFiles;
import io.espalier.trainer.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a model that writes learns from and is judged by, laid out for it.
 *
 * @param network the model over rows laid out like this
 * @param questions beginnings that it is to go on with, or what is asked in the first conversations
 * @param hasAnswers whether they have answers to be compared with
 */
record Material(
    Layout layout,
    Network network,
    List<Passage> train,
    List<Passage> validation,
    List<Passage> test,
    List<int[]> questions,
    boolean hasAnswers) {

  private static final int TEST_BATCH = 8;

  /**
   * Reads texts as a model's tokens.
   *
   * @param folder of the model
   * @param length tokens of a window, or of a row of conversations
   * @param shown most questions
   * @throws Refused where the texts are too short for a part, or of a kind that the model cannot
   *     learn from
   */
  static Material of(
      ModelFolder model, Path folder, Source source, Tokenizer tokenizer, int length, int shown)
      throws IOException {
    var family = model.family();
    var passages = new Passages(tokenizer, ChatTemplate.in(folder), endToken(model, tokenizer));
    var layout = layout(source, family, TokenizerFiles.padding(folder), length);
    return switch (source) {
      case Source.Running(var train, var validation, var held) -> {
        if (family instanceof T5)
          throw refused("a running text", "conversations: a .jsonl of questions and answers");
        var tests = some(passages.windows(held, length), length);
        yield new Material(
            layout,
            network(family, layout),
            some(passages.windows(train, length), length),
            some(passages.windows(validation, length), length),
            tests,
            tests.stream().limit(shown).map(Material::beginning).toList(),
            false);
      }
      case Source.Conversations(var train, var validation, var held) -> {
        var tests = read(held, passages, length);
        yield new Material(
            layout,
            network(family, layout),
            read(train, passages, length),
            read(validation, passages, length),
            tests,
            tests.stream().limit(shown).map(Passage::prompt).toList(),
            true);
      }
    };
  }

  /** The test split in batches. */
  WritingBatches tests() {
    return new WritingBatches(layout, test, test, TEST_BATCH, 0);
  }

  /** What a question asks, as a text. */
  String question(Tokenizer tokenizer, int number) {
    return text(tokenizer, questions.get(number));
  }

  /** The answer that each question wants; empty texts where there are none. */
  List<String> wanted(Tokenizer tokenizer) {
    return test.stream()
        .limit(questions.size())
        .map(passage -> hasAnswers ? text(tokenizer, passage.answer()) : "")
        .toList();
  }

  static String text(Tokenizer tokenizer, int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true).strip();
  }

  private static Optional<String> endToken(ModelFolder model, Tokenizer tokenizer) {
    return Ends.of(model.config()).stream()
        .findFirst()
        .map(id -> tokenizer.decode(new long[] {id}, false))
        .filter(text -> !text.isBlank());
  }

  /** Cut to the length of a row; what has nothing left to tell is left out. */
  private static List<Passage> read(
      List<List<ChatTemplate.Message>> conversations, Passages passages, int length) {
    return some(
        conversations.stream().map(passages::conversation).map(one -> one.cut(length)).toList(),
        length);
  }

  private static List<Passage> some(List<Passage> passages, int length) {
    var told = passages.stream().filter(passage -> passage.toldTokens() > 0).toList();
    if (told.isEmpty())
      throw refused("no text of " + length + " tokens in a part", "longer texts, or --length");
    return told;
  }

  private static Refused refused(String found, String limit) {
    return new Refused(
        Problem.of(
                "texts-do-not-fit",
                Category.INVALID,
                "data",
                "The model cannot learn from these texts.",
                "Bring other texts, or choose another model.")
            .found(found)
            .allowed(limit));
  }

  private static Layout layout(Source source, Family family, int filler, int length) {
    if (family instanceof T5 t5) return new Layout.Pairs(t5.padding());
    return source instanceof Source.Running
        ? new Layout.Windows()
        : new Layout.Packed(length, filler);
  }

  static Network network(Family family, Layout layout) {
    return family instanceof Decoder decoder && layout instanceof Layout.Packed
        ? decoder.laidOut(BatchLayout.PACKED)
        : family;
  }

  private static int[] beginning(Passage window) {
    var ids = new int[Math.max(1, window.length() / 4)];
    Arrays.setAll(ids, window::id);
    return ids;
  }
}
