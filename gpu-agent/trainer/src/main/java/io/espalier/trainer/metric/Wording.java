package io.espalier.trainer.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** How like two texts are. */
final class Wording {

  private Wording() {}

  /** 1 if they are the same but for blanks around them and the case of letters. */
  static double exactMatch(String answer, String wanted) {
    return plain(answer).equals(plain(wanted)) ? 1 : 0;
  }

  /** ROUGE-N: F1 of the runs of {@code n} words. */
  static double rouge(String answer, String wanted, int n) {
    var a = runs(words(answer), n);
    var b = runs(words(wanted), n);
    long inA = total(a), inB = total(b);
    if (inA == 0 || inB == 0) return inA == inB ? 1 : 0;
    long common = 0;
    for (var run : a.entrySet())
      common += Math.min(run.getValue(), b.getOrDefault(run.getKey(), 0));
    return 2.0 * common / (inA + inB);
  }

  /** ROUGE-L: F1 of the longest common subsequence of words. */
  static double rougeL(String answer, String wanted) {
    var a = words(answer);
    var b = words(wanted);
    if (a.length == 0 || b.length == 0) return a.length == b.length ? 1 : 0;
    var lengths = new int[b.length + 1];
    for (var word : a) {
      int diagonal = 0;
      for (int j = 1; j <= b.length; j++) {
        int above = lengths[j];
        lengths[j] = word.equals(b[j - 1]) ? diagonal + 1 : Math.max(above, lengths[j - 1]);
        diagonal = above;
      }
    }
    double common = lengths[b.length];
    return 2 * common / (a.length + b.length);
  }

  private static Map<String, Integer> runs(String[] words, int n) {
    var runs = new HashMap<String, Integer>();
    for (int i = 0; i + n <= words.length; i++)
      runs.merge(String.join(" ", Arrays.copyOfRange(words, i, i + n)), 1, Integer::sum);
    return runs;
  }

  private static long total(Map<String, Integer> runs) {
    return runs.values().stream().mapToLong(Integer::longValue).sum();
  }

  private static String plain(String text) {
    return String.join(" ", text.strip().toLowerCase(Locale.ROOT).split("\\s+", -1));
  }

  private static String[] words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1))
        .filter(word -> !word.isEmpty())
        .toArray(String[]::new);
  }
}
