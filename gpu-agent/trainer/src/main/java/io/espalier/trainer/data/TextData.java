package io.espalier.trainer.data;

import io.espalier.datasets.Split;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.table.TextSample;
import io.espalier.datasets.table.TextTable;
import io.espalier.datasets.table.Wanted;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.data.Labels;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.Head;
import io.espalier.models.family.TextEncoder;
import io.espalier.trainer.engine.Encoded;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A table of texts with what is to be told of them, read with the tokenizer of a model. */
public final class TextData implements DataSet {

  private final TextTable table;
  private final Question question;
  private final Tokenizer tokenizer;
  private final TextEncoder model;
  private final List<String> remarks = new ArrayList<>();

  private TextData(TextTable table, Question question, Tokenizer tokenizer, TextEncoder model) {
    this.table = table;
    this.question = question;
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /**
   * Opens a table; texts are cut to what the model takes.
   *
   * @param tokenizer what the model's {@code tokenizer.json} holds
   * @throws Refused when table or tokenizer cannot be used, or nothing can be learned from the
   *     table
   */
  public static TextData open(
      Path file, DataLayout.OfTexts layout, byte[] tokenizer, TextEncoder model)
      throws IOException {
    TextTable table = TextTable.open(file, layout);
    try {
      List<Problem> blocking = table.report().blocking();
      if (!blocking.isEmpty()) {
        throw new Refused(blocking.getFirst());
      }
      return new TextData(
          table,
          question(layout, table.classes()),
          Tokenizer.cutting(tokenizer, model.longest()),
          model);
    } catch (IOException | RuntimeException e) {
      table.close();
      throw e;
    }
  }

  /**
   * Texts of which nothing is wanted, cut to what the model takes.
   *
   * @throws Refused when the tokenizer cannot be used
   */
  public static TextSet unlabelled(
      List<String> texts, Question question, byte[] tokenizer, TextEncoder model)
      throws IOException {
    try (Tokenizer cutting = Tokenizer.cutting(tokenizer, model.longest())) {
      List<List<String>> words =
          texts.stream().map(text -> List.of(text.strip().split("\\s+", -1))).toList();
      boolean asksWords = question.head() instanceof Head.TokenClassification;
      List<String> read =
          asksWords ? words.stream().map(some -> String.join(" ", some)).toList() : texts;
      Targets nothing =
          asksWords
              ? Targets.OfWords.untagged(
                  question.classes(),
                  IntStream.range(0, texts.size())
                      .mapToObj(i -> seen(words.get(i), cutting.details(read.get(i))))
                      .toList())
              : new Targets.Unknown(texts.size());
      List<Tokens> tokens = read.stream().map(cutting::encode).toList();
      return new TextSet(texts, tokens, nothing, model.longest(), model.padding());
    }
  }

  /** Places of the words that have any. */
  private static int[] seen(List<String> words, Encoded text) {
    return Arrays.stream(WordPlaces.of(words, text)).filter(place -> place >= 0).toArray();
  }

  private static Question question(DataLayout.OfTexts layout, List<String> classes) {
    return switch (layout) {
      case DataLayout.TaggedTokens _ -> Question.ofTags(classes);
      case DataLayout.TextTable table ->
          switch (table.labels()) {
            case Labels.OneClass() -> Question.ofOneClass(classes);
            case Labels.SeveralClasses _ -> Question.ofSeveralClasses(classes);
            case Labels.Quantity() -> Question.ofNumber(table.label());
          };
    };
  }

  @Override
  public Question question() {
    return question;
  }

  @Override
  public DatasetReport report() {
    return table.report();
  }

  @Override
  public TextSet load(Split split) throws IOException {
    return read(
        table.samples(split), "of the " + split.name().toLowerCase(Locale.ROOT) + " split ");
  }

  @Override
  public TextSet all() throws IOException {
    return read(table.all(), "");
  }

  /** {@code place}: where the samples stand, in a sentence. */
  private TextSet read(List<TextSample> samples, String place) {
    List<Tokens> texts = samples.stream().map(this::tokens).toList();
    long cut = texts.stream().filter(text -> text.length() == model.longest()).count();
    if (cut > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d texts %sare as long as the model reads or longer: what goes"
                  + " beyond %d tokens is not seen",
              cut,
              texts.size(),
              place,
              model.longest()));
    }
    List<String> names = samples.stream().map(TextSample::name).toList();
    return new TextSet(names, texts, targets(samples), model.longest(), model.padding());
  }

  private Targets targets(List<TextSample> samples) {
    return switch (question.head()) {
      case Head.Classification(int labels, var targets) ->
          switch (targets) {
            case SINGLE_LABEL ->
                new Targets.OfClasses(
                    labels, samples.stream().map(one -> classes().indexOf(one.label())).toList());
            case MULTI_LABEL ->
                new Targets.OfSets(labels, samples.stream().map(this::applying).toList());
            case REGRESSION ->
                new Targets.OfNumbers(samples.stream().map(TextData::number).toList(), Unit.NONE);
          };
      case Head.TokenClassification _ -> tags(samples);
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() ->
          throw new IllegalStateException("a table does not ask for " + question.head());
    };
  }

  private boolean[] applying(TextSample sample) {
    boolean[] set = new boolean[classes().size()];
    sample.wanted().classes().forEach(name -> set[classes().indexOf(name)] = true);
    return set;
  }

  private static double number(TextSample sample) {
    if (sample.wanted() instanceof Wanted.Quantity(double value)) return value;
    throw new IllegalStateException("no number is wanted of " + sample.name());
  }

  /**
   * A word is asked for at its first token; the tokens behind it are not asked for. Words beyond
   * what the model reads are left out.
   */
  private Targets tags(List<TextSample> samples) {
    List<int[]> places = new ArrayList<>();
    List<int[]> tags = new ArrayList<>();
    for (TextSample sample : samples) {
      if (!(sample.wanted() instanceof Wanted.Tags(var words, var names)))
        throw new IllegalStateException("no tags are wanted of " + sample.name());
      int[] first = WordPlaces.of(words, tokenizer.details(sample.text()));
      int[] seen = IntStream.range(0, words.size()).filter(word -> first[word] >= 0).toArray();
      places.add(Arrays.stream(seen).map(word -> first[word]).toArray());
      tags.add(Arrays.stream(seen).map(word -> classes().indexOf(names.get(word))).toArray());
    }
    return new Targets.OfWords(classes(), places, tags);
  }

  private Tokens tokens(TextSample sample) {
    Tokens tokens =
        sample
            .secondText()
            .map(second -> tokenizer.encode(sample.text(), second))
            .orElseGet(() -> tokenizer.encode(sample.text()));
    int largest = Arrays.stream(tokens.ids()).max().orElse(0);
    if (largest >= model.vocabulary()) {
      throw doNotFit("token " + largest, "vocab_size " + model.vocabulary());
    }
    if (sample.secondText().isPresent() && model.segments() < 2) {
      throw doNotFit("pairs of texts", "type_vocab_size " + model.segments());
    }
    return tokens;
  }

  private static Refused doNotFit(String found, String limit) {
    return new Refused(
        Problem.of(
                "tokenizer-does-not-fit",
                Category.INVALID,
                "tokenizer.json",
                "gives what the model's config.json has no place for.",
                "Use tokenizer and weights of the same model.")
            .found(found)
            .allowed(limit));
  }

  @Override
  public String noun() {
    return "texts";
  }

  @Override
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  @Override
  public void close() throws IOException {
    tokenizer.close();
    table.close();
  }
}
