package io.espalier.trainer.writing;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/** How like answers are to those that were wanted. */
final class Scores {

  private static final int RESAMPLES = 1000;

  /**
   * A mean over answers.
   *
   * @param low the lower end of the interval that 95 % of resampled means lie in. Efron 1979,
   *     doi:10.1214/aos/1176344552
   */
  record Mean(double value, double low, double high) {}

  private Scores() {}

  static Mean mean(
      List<String> answers, List<String> wanted, ToDoubleBiFunction<String, String> score) {
    var scores =
        IntStream.range(0, answers.size())
            .mapToDouble(i -> score.applyAsDouble(answers.get(i), wanted.get(i)))
            .toArray();
    return mean(scores);
  }

  static Mean mean(double... scores) {
    var random = new SplittableRandom(1);
    var means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double sum = 0;
      for (int j = 0; j < scores.length; j++) sum += scores[random.nextInt(scores.length)];
      means[i] = sum / scores.length;
    }
    Arrays.sort(means);
    return new Mean(
        Arrays.stream(scores).average().orElse(0),
        means[(int) (0.025 * RESAMPLES)],
        means[(int) (0.975 * RESAMPLES)]);
  }

  /** 1 if they are the same but for blanks around them and the case of letters. */
  static double exactMatch(String answer, String wanted) {
    return plain(answer).equals(plain(wanted)) ? 1 : 0;
  }

  /**
   * ROUGE-L: F1 of the longest common subsequence of words. Lin 2004, "ROUGE: A Package for
   * Automatic Evaluation of Summaries".
   */
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

  private static String plain(String text) {
    return String.join(" ", text.strip().toLowerCase(Locale.ROOT).split("\\s+", -1));
  }

  private static String[] words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1))
        .filter(word -> !word.isEmpty())
        .toArray(String[]::new);
  }
}
