package io.espalier.trainer.data;

import io.espalier.datasets.Split;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.datasets.table.TextSample;
import io.espalier.datasets.table.TextTable;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.family.TextEncoder;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.engine.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table of labelled texts, read with the tokenizer of a model. */
public final class TextData implements DataSet {

  private final TextTable table;
  private final Tokenizer tokenizer;
  private final TextEncoder model;
  private final List<String> remarks = new ArrayList<>();

  private TextData(TextTable table, Tokenizer tokenizer, TextEncoder model) {
    this.table = table;
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
      Path file, DataLayout.TextTable columns, byte[] tokenizer, TextEncoder model)
      throws IOException {
    TextTable table = TextTable.open(file, columns);
    try {
      List<Problem> blocking = table.report().blocking();
      if (!blocking.isEmpty()) {
        throw new Refused(blocking.getFirst());
      }
      return new TextData(table, Tokenizer.cutting(tokenizer, model.longest()), model);
    } catch (IOException | RuntimeException e) {
      table.close();
      throw e;
    }
  }

  @Override
  public List<String> classes() {
    return table.classes();
  }

  @Override
  public DatasetReport report() {
    return table.report();
  }

  @Override
  public TextSet load(Split split) throws IOException {
    List<TextSample> samples = table.samples(split);
    List<Tokens> texts = samples.stream().map(this::tokens).toList();
    long cut = texts.stream().filter(text -> text.length() == model.longest()).count();
    if (cut > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d texts of the %s split are as long as the model reads or longer: what goes"
                  + " beyond %d tokens is not seen",
              cut,
              texts.size(),
              split.name().toLowerCase(Locale.ROOT),
              model.longest()));
    }
    int[] labels = samples.stream().mapToInt(sample -> classes().indexOf(sample.label())).toArray();
    List<String> names = samples.stream().map(TextSample::name).toList();
    return new TextSet(names, texts, labels, model.longest(), model.padding());
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
