package io.espalier.datasets.report;

import io.espalier.datasets.Fault;
import io.espalier.datasets.Split;
import io.espalier.datasets.split.Sample;
import io.espalier.datasets.split.Splits;
import io.espalier.domain.problem.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a data set holds and what is wrong with it, before anything is spent on it. Lists are cut
 * where they are long; the numbers beside them count everything.
 *
 * @param contentHash of all samples and their names
 * @param classes in the order of the labels
 * @param counts samples by split and class, after held-out copies were left out of training; of
 *     samples with several classes by the rarest of them, of others by the column that is told
 * @param sizes number of images by {@code width×height}; empty for texts
 * @param lengths of the texts; null for images
 * @param copies contents that occur more than once
 * @param officialTest whether the test split is the data set's own
 * @param preview some samples of each class
 * @param ignored files that hold no sample and were not expected to
 * @param problemCount number of samples that are left out, and of other complaints
 * @param problems the first of them
 * @param blocking what must be mended before the data set can be used; empty when it can be
 */
public record DatasetReport(
    String contentHash,
    List<String> classes,
    Map<Split, Map<String, Integer>> counts,
    Map<String, Integer> sizes,
    @Nullable Lengths lengths,
    Copies copies,
    boolean officialTest,
    List<PreviewRow> preview,
    int ignored,
    int problemCount,
    List<Problem> problems,
    List<Problem> blocking) {

  /** Longest list of groups or problems; more than a person reads, less than a row may hold. */
  public static final int MOST_SHOWN = 200;

  /**
   * What the kind of data adds to what all kinds have.
   *
   * @param ofOneClass whether each sample belongs to one class
   */
  public record Particulars(
      boolean ofOneClass,
      String contentHash,
      Map<String, Integer> sizes,
      Optional<Lengths> lengths,
      List<PreviewRow> preview,
      int ignored,
      int problemCount,
      List<Problem> problems,
      List<Problem> blocking) {}

  /**
   * Reports on samples that can be used, as they are split.
   *
   * @param samples every usable sample, those that splitting left out included
   */
  public static <S extends Sample> DatasetReport of(
      List<S> samples, Splits<S> splits, Particulars particulars) {
    Set<String> groups = new TreeSet<>(samples.stream().map(Sample::label).toList());
    List<String> classes =
        particulars.ofOneClass()
            ? List.copyOf(groups)
            : samples.stream().flatMap(s -> s.classes().stream()).distinct().sorted().toList();
    Map<Split, Map<String, Integer>> counts = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      Map<String, Integer> ofSplit = new TreeMap<>();
      groups.forEach(group -> ofSplit.put(group, 0));
      splits.of(split).forEach(sample -> ofSplit.merge(sample.label(), 1, Integer::sum));
      counts.put(split, Collections.unmodifiableMap(ofSplit));
    }
    List<Problem> blocking = new ArrayList<>(particulars.blocking());
    if (blocking.isEmpty() && particulars.ofOneClass()) {
      blocking.addAll(unlearnable(classes, counts, particulars));
    }
    return new DatasetReport(
        particulars.contentHash(),
        classes,
        Collections.unmodifiableMap(counts),
        Collections.unmodifiableMap(particulars.sizes()),
        particulars.lengths().orElse(null),
        Copies.of(samples),
        splits.officialTest(),
        List.copyOf(particulars.preview()),
        particulars.ignored(),
        particulars.problemCount(),
        shown(particulars.problems()),
        shown(blocking));
  }

  /** Number of samples in a split. */
  public int count(Split split) {
    return counts.getOrDefault(split, Map.of()).values().stream().mapToInt(n -> n).sum();
  }

  static <T> List<T> shown(List<T> all) {
    return List.copyOf(all.subList(0, Math.min(all.size(), MOST_SHOWN)));
  }

  private static List<Problem> unlearnable(
      List<String> classes, Map<Split, Map<String, Integer>> counts, Particulars particulars) {
    List<Problem> blocking = new ArrayList<>();
    if (classes.size() < 2) {
      String leftOut =
          particulars.problems().isEmpty()
              ? ""
              : " Or mend what was left out: %,d, the first of them %s"
                  .formatted(
                      particulars.problemCount(), particulars.problems().getFirst().sentence());
      blocking.add(
          Fault.CLASSES.of(
              "classes",
              classes.toString(),
              "at least 2",
              "Add samples of a second class." + leftOut));
    }
    for (String label : classes) {
      int train = counts.getOrDefault(Split.TRAIN, Map.of()).getOrDefault(label, 0);
      if (train == 0) {
        blocking.add(
            Fault.CLASSES.of(
                label,
                "no sample left to train on",
                "at least 1 beside those held out",
                "Add samples of this class, or remove it."));
      }
    }
    return blocking;
  }
}
