package io.espalier.datasets.split;

import io.espalier.datasets.Split;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Which sample is used for what. An official test split stays as it is. What is held out otherwise
 * is taken class by class in the order of the samples' hashes, so the same data set always splits
 * in the same way, and a new sample does not reshuffle the others.
 *
 * @param train samples to learn from; none has the content of a held-out one
 * @param validation samples to choose by
 * @param test sealed until the end
 * @param leftOut training and validation samples whose content is held out elsewhere
 * @param officialTest whether the test split is the data set's own
 */
public record Splits<S extends Sample>(
    List<S> train, List<S> validation, List<S> test, List<S> leftOut, boolean officialTest) {

  /** Assigns every sample; each split keeps their order. */
  public static <S extends Sample> Splits<S> of(List<S> samples, SplitRules rules) {
    List<S> train = in(samples, Split.TRAIN);
    train.addAll(samples.stream().filter(sample -> sample.givenSplit().isEmpty()).toList());
    List<S> validation = in(samples, Split.VALIDATION);
    List<S> test = in(samples, Split.TEST);
    boolean officialTest = !test.isEmpty();
    if (!officialTest) {
      test = holdOut(train, n -> n * rules.testShare());
      train.removeAll(Set.copyOf(test));
    }
    List<S> leftOut = new ArrayList<>();
    dropContentOf(test, train, leftOut);
    dropContentOf(test, validation, leftOut);
    if (validation.isEmpty()) {
      double share =
          Math.min(
              rules.validationShare(), rules.mostValidation() / (double) Math.max(1, train.size()));
      validation = holdOut(train, n -> n * share);
      train.removeAll(Set.copyOf(validation));
    }
    dropContentOf(validation, train, leftOut);
    return new Splits<>(
        List.copyOf(train),
        List.copyOf(validation),
        List.copyOf(test),
        List.copyOf(leftOut),
        officialTest);
  }

  /**
   * The same without some samples, by name: those that turn out not to decode. What is left stays
   * where it is, so splits do not depend on which parts of the data set were decoded.
   */
  public Splits<S> without(Set<String> names) {
    return new Splits<>(
        without(train, names),
        without(validation, names),
        without(test, names),
        without(leftOut, names),
        officialTest);
  }

  private static <S extends Sample> List<S> without(List<S> samples, Set<String> names) {
    return samples.stream().filter(sample -> !names.contains(sample.name())).toList();
  }

  /** The samples of a split. */
  public List<S> of(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }

  private static <S extends Sample> List<S> in(List<S> samples, Split split) {
    return new ArrayList<>(
        samples.stream().filter(s -> s.givenSplit().filter(split::equals).isPresent()).toList());
  }

  /**
   * Some samples of each class: as many as {@code wanted} of its size says, at least one of two,
   * and all copies of a content together.
   */
  private static <S extends Sample> List<S> holdOut(
      List<S> samples, ToDoubleFunction<Integer> wanted) {
    Set<S> heldOut = new HashSet<>();
    for (List<S> ofClass : byClass(samples).values()) {
      Map<String, List<S>> byContent = new TreeMap<>();
      for (S sample : ofClass) {
        byContent.computeIfAbsent(sample.sha256(), _ -> new ArrayList<>()).add(sample);
      }
      if (byContent.size() < 2) {
        continue;
      }
      long take = Math.max(1, Math.round(wanted.applyAsDouble(ofClass.size())));
      int taken = 0;
      for (List<S> copies : byContent.values()) {
        if (taken >= take) {
          break;
        }
        heldOut.addAll(copies);
        taken += copies.size();
      }
    }
    return samples.stream().filter(heldOut::contains).toList();
  }

  private static <S extends Sample> Map<String, List<S>> byClass(List<S> samples) {
    Map<String, List<S>> byClass = new LinkedHashMap<>();
    for (S sample : samples) {
      byClass.computeIfAbsent(sample.label(), _ -> new ArrayList<>()).add(sample);
    }
    return byClass;
  }

  private static <S extends Sample> void dropContentOf(
      List<S> heldOut, List<S> from, List<S> dropped) {
    Set<String> contents = new HashSet<>();
    heldOut.forEach(sample -> contents.add(sample.sha256()));
    from.removeIf(sample -> contents.contains(sample.sha256()) && dropped.add(sample));
  }
}
