package io.espalier.datasets.report;

import io.espalier.datasets.Split;
import io.espalier.datasets.split.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Contents that occur more than once, by what that means.
 *
 * @param duplicates contents that occur more than once inside one split and class
 * @param duplicateSamples number of samples whose content an earlier one of their split and class
 *     has as well
 * @param leaked contents that the data set has both in the test and in another split
 * @param leakedTest number of test samples among the leaked
 * @param conflicting contents that occur under more than one class
 * @param conflictingContents number of them
 */
public record Copies(
    List<List<String>> duplicates,
    int duplicateSamples,
    List<List<String>> leaked,
    int leakedTest,
    List<List<String>> conflicting,
    int conflictingContents) {

  /** Most names of one group that are shown. */
  private static final int MOST_NAMES = 20;

  static <S extends Sample> Copies of(List<S> samples) {
    Map<String, List<S>> byContent = new LinkedHashMap<>();
    for (S sample : samples) {
      byContent.computeIfAbsent(sample.sha256(), _ -> new ArrayList<>(1)).add(sample);
    }
    List<List<String>> duplicates = new ArrayList<>();
    List<List<String>> leaked = new ArrayList<>();
    List<List<String>> conflicting = new ArrayList<>();
    int duplicateSamples = 0;
    int leakedTest = 0;
    for (List<S> copies : byContent.values()) {
      if (copies.size() == 1) {
        continue;
      }
      List<String> names = copies.stream().limit(MOST_NAMES).map(Sample::name).toList();
      Map<String, Integer> perPlace = new HashMap<>();
      copies.forEach(
          copy -> perPlace.merge(copy.givenSplit() + "/" + copy.label(), 1, Integer::sum));
      int again = copies.size() - perPlace.size();
      if (again > 0) {
        duplicates.add(names);
        duplicateSamples += again;
      }
      Set<String> labels = new HashSet<>();
      copies.forEach(copy -> labels.add(copy.label()));
      if (labels.size() > 1) {
        conflicting.add(names);
      }
      int inTest = (int) copies.stream().filter(Copies::isTest).count();
      if (inTest > 0 && inTest < copies.size()) {
        leaked.add(names);
        leakedTest += inTest;
      }
    }
    return new Copies(
        DatasetReport.shown(duplicates),
        duplicateSamples,
        DatasetReport.shown(leaked),
        leakedTest,
        DatasetReport.shown(conflicting),
        conflicting.size());
  }

  private static boolean isTest(Sample sample) {
    return sample.givenSplit().filter(Split.TEST::equals).isPresent();
  }
}
