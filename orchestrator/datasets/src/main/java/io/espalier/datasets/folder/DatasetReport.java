package io.espalier.datasets.folder;

import io.espalier.datasets.Fault;
import io.espalier.datasets.Split;
import io.espalier.domain.problem.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a data set holds and what is wrong with it, before anything is spent on it.
 *
 * @param contentHash of all images and their names
 * @param classes in the order of the labels
 * @param counts images by split and class, after held-out copies were left out of training
 * @param sizes number of images by {@code width×height}
 * @param duplicates contents that occur more than once inside one split and class
 * @param leaked contents that the archive has both in the test and in another split
 * @param leakedTest number of test images among the leaked
 * @param conflicting contents that occur under more than one class
 * @param officialTest whether the test split is the archive's own
 * @param ignored files that are no images and were not expected to be
 * @param problems of single members, which are left out
 * @param blocking what must be mended before the data set can be used; empty when it can be
 */
public record DatasetReport(
    String contentHash,
    List<String> classes,
    Map<Split, Map<String, Integer>> counts,
    Map<String, Integer> sizes,
    List<List<String>> duplicates,
    List<List<String>> leaked,
    int leakedTest,
    List<List<String>> conflicting,
    boolean officialTest,
    int ignored,
    List<Problem> problems,
    List<Problem> blocking) {

  /** Reports on a folder whose images all decode, as far as headers tell. */
  public static DatasetReport of(ImageFolder folder, SplitRules rules) {
    return of(folder, rules, Map.of());
  }

  /**
   * Reports on a folder.
   *
   * @param broken problems found while decoding, by the entry's name; these entries do not count
   */
  public static DatasetReport of(
      ImageFolder folder, SplitRules rules, Map<String, Problem> broken) {
    List<ImageEntry> entries =
        folder.entries().stream().filter(entry -> !broken.containsKey(entry.name())).toList();
    Splits splits = Splits.of(folder, rules).without(broken.keySet());
    List<String> classes =
        List.copyOf(new TreeSet<>(entries.stream().map(ImageEntry::label).toList()));
    Map<Split, Map<String, Integer>> counts = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      Map<String, Integer> ofSplit = new TreeMap<>();
      classes.forEach(label -> ofSplit.put(label, 0));
      splits.of(split).forEach(entry -> ofSplit.merge(entry.label(), 1, Integer::sum));
      counts.put(split, Collections.unmodifiableMap(ofSplit));
    }
    Map<String, Integer> sizes = new TreeMap<>();
    for (ImageEntry entry : entries) {
      sizes.merge(entry.header().width() + "×" + entry.header().height(), 1, Integer::sum);
    }
    Copies copies = Copies.of(entries);
    List<Problem> problems = new ArrayList<>(folder.problems());
    problems.addAll(new TreeMap<>(broken).values());
    return new DatasetReport(
        folder.contentHash(),
        classes,
        Collections.unmodifiableMap(counts),
        Collections.unmodifiableMap(sizes),
        copies.duplicates,
        copies.leaked,
        copies.leakedTest,
        copies.conflicting,
        splits.officialTest(),
        folder.ignored(),
        List.copyOf(problems),
        blocking(classes, counts));
  }

  /** Number of images in a split. */
  public int count(Split split) {
    return counts.getOrDefault(split, Map.of()).values().stream().mapToInt(n -> n).sum();
  }

  /** Number of images whose content another image of their split and class has as well. */
  public int duplicateImages() {
    return duplicates.stream().mapToInt(names -> names.size() - 1).sum();
  }

  private static List<Problem> blocking(
      List<String> classes, Map<Split, Map<String, Integer>> counts) {
    List<Problem> blocking = new ArrayList<>();
    if (classes.size() < 2) {
      blocking.add(
          Fault.CLASSES.of(
              "classes", classes.toString(), "at least 2", "Add images of a second class."));
    }
    for (String label : classes) {
      int train = counts.getOrDefault(Split.TRAIN, Map.of()).getOrDefault(label, 0);
      if (train == 0) {
        blocking.add(
            Fault.CLASSES.of(
                label,
                "no image left to train on",
                "at least 1 beside those held out",
                "Add images of this class, or remove it."));
      }
    }
    return List.copyOf(blocking);
  }

  /** Groups of entries with the same content, by what their being copies means. */
  private record Copies(
      List<List<String>> duplicates,
      List<List<String>> leaked,
      int leakedTest,
      List<List<String>> conflicting) {

    static Copies of(List<ImageEntry> entries) {
      Map<String, List<ImageEntry>> byContent = new TreeMap<>();
      for (ImageEntry entry : entries) {
        byContent.computeIfAbsent(entry.sha256(), _ -> new ArrayList<>()).add(entry);
      }
      List<List<String>> duplicates = new ArrayList<>();
      List<List<String>> leaked = new ArrayList<>();
      int leakedTest = 0;
      List<List<String>> conflicting = new ArrayList<>();
      for (List<ImageEntry> copies : byContent.values()) {
        if (copies.size() == 1) {
          continue;
        }
        List<String> names = copies.stream().map(ImageEntry::name).toList();
        Map<String, Integer> perPlace = new HashMap<>();
        copies.forEach(
            copy -> perPlace.merge(copy.folderSplit() + "/" + copy.label(), 1, Integer::sum));
        if (perPlace.values().stream().anyMatch(n -> n > 1)) {
          duplicates.add(names);
        }
        if (Set.copyOf(copies.stream().map(ImageEntry::label).toList()).size() > 1) {
          conflicting.add(names);
        }
        int inTest = (int) copies.stream().filter(Copies::isTest).count();
        if (inTest > 0 && inTest < copies.size()) {
          leaked.add(names);
          leakedTest += inTest;
        }
      }
      return new Copies(
          List.copyOf(duplicates), List.copyOf(leaked), leakedTest, List.copyOf(conflicting));
    }

    private static boolean isTest(ImageEntry entry) {
      return entry.folderSplit().filter(Split.TEST::equals).isPresent();
    }
  }
}
