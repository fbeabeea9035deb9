package io.espalier.trainer.data;

import io.espalier.models.weights.Tensor;
import io.espalier.trainer.engine.Batch;
import io.espalier.trainer.metric.ChosenClasses;
import io.espalier.trainer.metric.Judged;
import io.espalier.trainer.metric.LabelSets;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.metric.Numbers;
import io.espalier.trainer.metric.Probabilities;
import io.espalier.trainer.metric.TaggedTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is wanted of each sample of a set. An answer is a row of logits for a sample: (labels), or
 * where each word is asked for (words, labels), row by row.
 */
public sealed interface Targets {

  int size();

  /** The samples of these places. */
  Targets at(int[] indices);

  /**
   * The input {@code labels} of a batch.
   *
   * @param width of the batch in tokens, where its samples have any
   */
  Tensor labels(int[] indices, int width);

  /** The answers to these samples in an output {@code logits} (B, labels) or (B, T, labels). */
  List<float[]> answers(Tensor logits, int[] indices);

  /** Answers to all samples, in their order, beside what is wanted. */
  Judged judged(List<float[]> answers);

  /** The same answer to every sample: the best that needs no look at them. */
  List<float[]> constant();

  /** The metrics of such answers; the first is the usual objective. */
  default List<Metric> metrics() {
    return judged(constant()).metrics();
  }

  /**
   * The same samples, whose classes have other numbers: that of class {@code i} is {@code to[i]}.
   */
  Targets renumbered(int[] to, List<String> names);

  /** The same samples without what is wanted of them, for a head with these classes. */
  default Targets unasked(List<String> names) {
    return switch (this) {
      case OfWords(_, var places, _) -> OfWords.untagged(names, places);
      case OfClasses _, OfSets _, OfNumbers _, Unknown _ -> new Unknown(size());
    };
  }

  /** Nothing is known of what would be right. */
  record Unknown(int size) implements Targets {

    @Override
    public Targets at(int[] indices) {
      return new Unknown(indices.length);
    }

    @Override
    public Tensor labels(int[] indices, int width) {
      var none = new long[indices.length];
      Arrays.fill(none, Batch.UNLABELLED);
      return Tensor.of(none, indices.length);
    }

    @Override
    public List<float[]> answers(Tensor logits, int[] indices) {
      return Rows.of(logits);
    }

    @Override
    public Judged judged(List<float[]> answers) {
      throw new IllegalStateException("nothing is known of what would be right");
    }

    @Override
    public List<float[]> constant() {
      throw new IllegalStateException("nothing is known of what would be right");
    }

    @Override
    public Targets renumbered(int[] to, List<String> names) {
      return this;
    }
  }

  /** One class of {@code classes} for each sample. */
  record OfClasses(int classes, List<Integer> labels) implements Targets {

    public OfClasses {
      labels = List.copyOf(labels);
    }

    static OfClasses of(int classes, int[] labels) {
      return new OfClasses(classes, Arrays.stream(labels).boxed().toList());
    }

    @Override
    public OfClasses renumbered(int[] to, List<String> names) {
      return new OfClasses(names.size(), labels.stream().map(label -> to[label]).toList());
    }

    @Override
    public int size() {
      return labels.size();
    }

    @Override
    public OfClasses at(int[] indices) {
      return new OfClasses(classes, Arrays.stream(indices).mapToObj(labels::get).toList());
    }

    @Override
    public Tensor labels(int[] indices, int width) {
      return Tensor.of(Arrays.stream(indices).mapToLong(labels::get).toArray(), indices.length);
    }

    @Override
    public List<float[]> answers(Tensor logits, int[] indices) {
      return Rows.of(logits);
    }

    @Override
    public ChosenClasses judged(List<float[]> answers) {
      return new ChosenClasses(classes, answers, array());
    }

    @Override
    public List<float[]> constant() {
      var counts = new int[classes];
      for (int label : labels) counts[label]++;
      return Rows.repeated(Rows.oneOf(counts), size());
    }

    /** The labels. */
    public int[] array() {
      return labels.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** Any number of classes for each sample. */
  record OfSets(int classes, List<boolean[]> sets) implements Targets {

    @Override
    public OfSets renumbered(int[] to, List<String> names) {
      return new OfSets(
          names.size(),
          sets.stream()
              .map(set -> {
                var other = new boolean[names.size()];
                for (int i = 0; i < set.length; i++) if (set[i]) other[to[i]] = true;
                return other;
              })
              .toList());
    }

    @Override
    public int size() {
      return sets.size();
    }

    @Override
    public OfSets at(int[] indices) {
      return new OfSets(classes, Arrays.stream(indices).mapToObj(sets::get).toList());
    }

    @Override
    public Tensor labels(int[] indices, int width) {
      var values = new float[indices.length * classes];
      for (int row = 0; row < indices.length; row++)
        for (int label = 0; label < classes; label++)
          values[row * classes + label] = sets.get(indices[row])[label] ? 1 : 0;
      return Tensor.of(values, indices.length, classes);
    }

    @Override
    public List<float[]> answers(Tensor logits, int[] indices) {
      return Rows.of(logits);
    }

    @Override
    public LabelSets judged(List<float[]> answers) {
      return new LabelSets(classes, answers, sets);
    }

    @Override
    public List<float[]> constant() {
      var row = new float[classes];
      for (int label = 0; label < classes; label++) {
        int at = label;
        row[label] = 2 * sets.stream().filter(set -> set[at]).count() > size() ? 1 : -1;
      }
      return Rows.repeated(row, size());
    }
  }

  /**
   * A number for each sample.
   *
   * @param unit in which a model tells it
   */
  record OfNumbers(List<Double> numbers, Unit unit) implements Targets {

    public OfNumbers {
      numbers = List.copyOf(numbers);
    }

    public OfNumbers in(Unit other) {
      return new OfNumbers(numbers, other);
    }

    /** As a model tells them. */
    public List<Double> scaled() {
      return numbers.stream().map(unit::scaled).toList();
    }

    @Override
    public OfNumbers renumbered(int[] to, List<String> names) {
      return this;
    }

    @Override
    public int size() {
      return numbers.size();
    }

    @Override
    public OfNumbers at(int[] indices) {
      return new OfNumbers(Arrays.stream(indices).mapToObj(numbers::get).toList(), unit);
    }

    @Override
    public Tensor labels(int[] indices, int width) {
      var values = new float[indices.length];
      for (int row = 0; row < values.length; row++)
        values[row] = (float) unit.scaled(numbers.get(indices[row]));
      return Tensor.of(values, indices.length, 1);
    }

    @Override
    public List<float[]> answers(Tensor logits, int[] indices) {
      return Rows.of(logits);
    }

    @Override
    public Numbers judged(List<float[]> answers) {
      return new Numbers(
          answers.stream().mapToDouble(row -> unit.told(row[0])).toArray(),
          numbers.stream().mapToDouble(n -> n).toArray());
    }

    @Override
    public List<float[]> constant() {
      double mean = numbers.stream().mapToDouble(n -> n).average().orElse(0);
      return Rows.repeated(new float[] {(float) unit.scaled(mean)}, size());
    }
  }

  /**
   * A tag for each word that a model sees.
   *
   * @param places of each word's first token in its text
   * @param tags of these words
   */
  record OfWords(List<String> classes, List<int[]> places, List<int[]> tags) implements Targets {

    /** Words whose tags are not known: each has the first one. */
    static OfWords untagged(List<String> classes, List<int[]> places) {
      return new OfWords(classes, places, places.stream().map(of -> new int[of.length]).toList());
    }

    @Override
    public OfWords renumbered(int[] to, List<String> names) {
      return new OfWords(
          names,
          places,
          tags.stream()
              .map(ofText -> Arrays.stream(ofText).map(tag -> to[tag]).toArray())
              .toList());
    }

    @Override
    public int size() {
      return tags.size();
    }

    @Override
    public OfWords at(int[] indices) {
      return new OfWords(
          classes,
          Arrays.stream(indices).mapToObj(places::get).toList(),
          Arrays.stream(indices).mapToObj(tags::get).toList());
    }

    @Override
    public Tensor labels(int[] indices, int width) {
      var values = new long[indices.length * width];
      Arrays.fill(values, Batch.UNLABELLED);
      for (int row = 0; row < indices.length; row++)
        for (int word = 0; word < places.get(indices[row]).length; word++)
          values[row * width + places.get(indices[row])[word]] = tags.get(indices[row])[word];
      return Tensor.of(values, indices.length, width);
    }

    @Override
    public List<float[]> answers(Tensor logits, int[] indices) {
      int width = Math.toIntExact(logits.shape().get(1));
      int labels = classes.size();
      var all = logits.floats();
      var answers = new ArrayList<float[]>();
      for (int row = 0; row < indices.length; row++) {
        var words = places.get(indices[row]);
        var answer = new float[words.length * labels];
        for (int word = 0; word < words.length; word++)
          System.arraycopy(
              all, (row * width + words[word]) * labels, answer, word * labels, labels);
        answers.add(answer);
      }
      return answers;
    }

    @Override
    public TaggedTokens judged(List<float[]> answers) {
      return new TaggedTokens(classes, answers.stream().map(this::told).toList(), tags);
    }

    /** A tag is always told, also where nothing is a number. */
    private int[] told(float[] answer) {
      int labels = classes.size();
      return IntStream.range(0, answer.length / labels)
          .map(word ->
              Math.max(
                  0,
                  Probabilities.highest(
                      Arrays.copyOfRange(answer, word * labels, (word + 1) * labels))))
          .toArray();
    }

    @Override
    public List<float[]> constant() {
      var counts = new int[classes.size()];
      tags.forEach(ofText -> Arrays.stream(ofText).forEach(tag -> counts[tag]++));
      var one = Rows.oneOf(counts);
      return tags.stream()
          .map(ofText -> {
            var row = new float[ofText.length * one.length];
            for (int word = 0; word < ofText.length; word++)
              System.arraycopy(one, 0, row, word * one.length, one.length);
            return row;
          })
          .toList();
    }
  }
}
