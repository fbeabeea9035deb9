package io.espalier.datasets.folder;

import io.espalier.datasets.Split;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Which image is used for what. An official test folder stays as it is. What is held out otherwise
 * is taken class by class in the order of the images' hashes, so the same archive always splits in
 * the same way, and a new image does not reshuffle the others.
 *
 * @param train images to learn from; none has the content of a held-out one
 * @param validation images to choose by
 * @param test sealed until the end
 * @param leftOut training and validation images whose content is held out elsewhere
 * @param officialTest whether the test split is the archive's own
 */
public record Splits(
    List<ImageEntry> train,
    List<ImageEntry> validation,
    List<ImageEntry> test,
    List<ImageEntry> leftOut,
    boolean officialTest) {

  /** Assigns every entry of {@code folder}. */
  public static Splits of(ImageFolder folder, SplitRules rules) {
    return of(folder.entries(), rules);
  }

  static Splits of(List<ImageEntry> entries, SplitRules rules) {
    List<ImageEntry> train = in(entries, Split.TRAIN);
    train.addAll(entries.stream().filter(entry -> entry.folderSplit().isEmpty()).toList());
    List<ImageEntry> validation = in(entries, Split.VALIDATION);
    List<ImageEntry> test = in(entries, Split.TEST);
    boolean officialTest = !test.isEmpty();
    if (!officialTest) {
      test = holdOut(train, n -> n * rules.testShare());
      train.removeAll(Set.copyOf(test));
    }
    List<ImageEntry> leftOut = new ArrayList<>();
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
    return new Splits(
        List.copyOf(train),
        List.copyOf(validation),
        List.copyOf(test),
        List.copyOf(leftOut),
        officialTest);
  }

  /**
   * The same without some entries, by name: those that turn out not to decode. What is left stays
   * where it is, so splits do not depend on which parts of the archive were decoded.
   */
  public Splits without(Set<String> names) {
    return new Splits(
        without(train, names),
        without(validation, names),
        without(test, names),
        without(leftOut, names),
        officialTest);
  }

  private static List<ImageEntry> without(List<ImageEntry> entries, Set<String> names) {
    return entries.stream().filter(entry -> !names.contains(entry.name())).toList();
  }

  /** The images of a split. */
  public List<ImageEntry> of(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }

  private static List<ImageEntry> in(List<ImageEntry> entries, Split split) {
    return new ArrayList<>(
        entries.stream().filter(e -> e.folderSplit().filter(split::equals).isPresent()).toList());
  }

  /**
   * Some images of each class: as many as {@code wanted} of its size says, at least one of two, and
   * all copies of a content together.
   */
  private static List<ImageEntry> holdOut(
      List<ImageEntry> entries, ToDoubleFunction<Integer> wanted) {
    List<ImageEntry> heldOut = new ArrayList<>();
    for (List<ImageEntry> ofClass : byClass(entries).values()) {
      Map<String, List<ImageEntry>> byContent = new TreeMap<>();
      for (ImageEntry entry : ofClass) {
        byContent.computeIfAbsent(entry.sha256(), _ -> new ArrayList<>()).add(entry);
      }
      if (byContent.size() < 2) {
        continue;
      }
      long take = Math.max(1, Math.round(wanted.applyAsDouble(ofClass.size())));
      int taken = 0;
      for (List<ImageEntry> copies : byContent.values()) {
        if (taken >= take) {
          break;
        }
        heldOut.addAll(copies);
        taken += copies.size();
      }
    }
    heldOut.sort(Comparator.comparing(ImageEntry::name));
    return heldOut;
  }

  private static Map<String, List<ImageEntry>> byClass(List<ImageEntry> entries) {
    Map<String, List<ImageEntry>> byClass = new LinkedHashMap<>();
    for (ImageEntry entry : entries) {
      byClass.computeIfAbsent(entry.label(), _ -> new ArrayList<>()).add(entry);
    }
    return byClass;
  }

  private static void dropContentOf(
      List<ImageEntry> heldOut, List<ImageEntry> from, List<ImageEntry> dropped) {
    Set<String> contents = new HashSet<>();
    heldOut.forEach(entry -> contents.add(entry.sha256()));
    from.removeIf(entry -> contents.contains(entry.sha256()) && dropped.add(entry));
  }
}
