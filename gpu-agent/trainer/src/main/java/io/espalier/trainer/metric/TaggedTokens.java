package io.espalier.trainer.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A class for every word of a text; samples are texts. */
public final class TaggedTokens implements Judged {

  private final List<String> classes;
  private final List<int[]> told;
  private final List<int[]> wanted;
  private final boolean named;
  private final List<int[]> entities = new ArrayList<>();

  /**
   * @param classes tags by number
   * @param told a number for each word of each text
   * @param wanted likewise
   */
  public TaggedTokens(List<String> classes, List<int[]> told, List<int[]> wanted) {
    this.classes = List.copyOf(classes);
    this.told = List.copyOf(told);
    this.wanted = List.copyOf(wanted);
    for (int i = 0; i < wanted.size(); i++)
      if (told.get(i).length != wanted.get(i).length)
        throw new IllegalArgumentException(
            "%d answers for %d words".formatted(told.get(i).length, wanted.get(i).length));
    named = Entities.isScheme(classes);
    if (named) for (int i = 0; i < wanted.size(); i++) entities.add(entities(i));
  }

  /** Hits, told and wanted names of a text. */
  private int[] entities(int text) {
    var answers = Entities.of(names(told.get(text)));
    var questions = Entities.of(names(wanted.get(text)));
    int hits = (int) answers.stream().filter(questions::contains).count();
    return new int[] {hits, answers.size(), questions.size()};
  }

  private String[] names(int[] tags) {
    var names = new String[tags.length];
    for (int i = 0; i < tags.length; i++) names[i] = classes.get(tags[i]);
    return names;
  }

  @Override
  public int samples() {
    return wanted.size();
  }

  @Override
  public List<Metric> metrics() {
    return named
        ? List.of(Metric.ENTITY_F1, Metric.ACCURACY, Metric.MACRO_F1)
        : List.of(Metric.ACCURACY, Metric.MACRO_F1);
  }

  @Override
  public OptionalDouble value(Metric metric, int[] weights) {
    return switch (metric) {
      case ACCURACY -> accuracy(weights);
      case MACRO_F1 -> macroF1(weights);
      case ENTITY_F1 -> entityF1(weights);
      case MICRO_F1, AUC, RMSE, MAE, PEARSON, PERPLEXITY, EXACT_MATCH, ROUGE_1, ROUGE_2, ROUGE_L ->
          throw new IllegalArgumentException("tags have no " + metric);
    };
  }

  public int told(int text, int word) {
    return told.get(text)[word];
  }

  /** Rows are true tags, columns are predicted ones. */
  public List<List<Integer>> confusion() {
    var counts = new int[classes.size()][classes.size()];
    for (int i = 0; i < samples(); i++)
      for (int word = 0; word < wanted.get(i).length; word++)
        counts[wanted.get(i)[word]][told.get(i)[word]]++;
    return Confusion.rows(counts);
  }

  /** Share of a text's words that are right; of a text without words, 1. */
  public double share(int text) {
    int right = right(text), all = wanted.get(text).length;
    return all == 0 ? 1 : (double) right / all;
  }

  private int right(int text) {
    int right = 0;
    for (int word = 0; word < wanted.get(text).length; word++)
      if (told.get(text)[word] == wanted.get(text)[word]) right++;
    return right;
  }

  private OptionalDouble accuracy(int[] weights) {
    long right = 0, all = 0;
    for (int i = 0; i < samples(); i++) {
      right += (long) weights[i] * right(i);
      all += (long) weights[i] * wanted.get(i).length;
    }
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / all);
  }

  private OptionalDouble macroF1(int[] weights) {
    var counts = new Counts(classes.size());
    for (int i = 0; i < samples(); i++)
      for (int word = 0; word < wanted.get(i).length; word++)
        counts.add(told.get(i)[word], wanted.get(i)[word], weights[i]);
    return counts.macroF1(true);
  }

  private OptionalDouble entityF1(int[] weights) {
    if (!named) throw new IllegalArgumentException("these tags name nothing");
    long hits = 0, both = 0;
    for (int i = 0; i < samples(); i++) {
      hits += (long) weights[i] * entities.get(i)[0];
      both += (long) weights[i] * (entities.get(i)[1] + entities.get(i)[2]);
    }
    return both == 0 ? OptionalDouble.empty() : OptionalDouble.of(2.0 * hits / both);
  }
}
