package io.espalier.trainer.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JudgedTest {

  private static final List<String> TAGS = List.of("O", "B-PER", "I-PER", "B-LOC", "I-LOC");

  private static List<float[]> oneOfTwo(Random random, int samples, int[] wanted, double right) {
    var logits = new ArrayList<float[]>();
    for (int i = 0; i < samples; i++) {
      int told = random.nextDouble() < right ? wanted[i] : 1 - wanted[i];
      logits.add(told == 0 ? new float[] {1, 0} : new float[] {0, 1});
    }
    return logits;
  }

  /** The normal approximation of a share of 0.8 in 400 samples is 0.8 ± 1.96 · 0.02. */
  @Test
  void theIntervalOfAShareIsThatOfTheBinomial() {
    var wanted = new int[400];
    var logits = new ArrayList<float[]>();
    for (int i = 0; i < 400; i++) logits.add(new float[] {i % 5 == 0 ? -1 : 1, 0});

    var measure = new ChosenClasses(2, logits, wanted).measure(Metric.ACCURACY, 1);

    assertThat(measure.value()).isEqualTo(0.8);
    assertThat(measure.low()).isCloseTo(0.8 - 1.96 * 0.02, within(0.006));
    assertThat(measure.high()).isCloseTo(0.8 + 1.96 * 0.02, within(0.006));
  }

  /** Of a hundred data sets, about 95 intervals hold the truth. */
  @Test
  void theIntervalHoldsTheTruthAboutAsOftenAsItSays() {
    var random = new Random(5);
    int held = 0;
    for (int set = 0; set < 100; set++) {
      var wanted = random.ints(150, 0, 2).toArray();
      var measure =
          new ChosenClasses(2, oneOfTwo(random, 150, wanted, 0.7), wanted)
              .measure(Metric.ACCURACY, set);
      if (measure.low() <= 0.7 && 0.7 <= measure.high()) held++;
    }
    assertThat(held).isBetween(88, 100);
  }

  @Test
  void theIntervalIsAFunctionOfTheSeed() {
    var random = new Random(1);
    var numbers = new Numbers(random.doubles(40).toArray(), random.doubles(40).toArray());
    assertThat(numbers.measures(3)).isEqualTo(numbers.measures(3));
    assertThat(numbers.measure(Metric.RMSE, 4)).isNotEqualTo(numbers.measure(Metric.RMSE, 3));
  }

  @Test
  void anAreaOfOneClassIsNotTold() {
    var judged = new ChosenClasses(2, List.of(new float[] {1, 0}), new int[] {0});
    assertThat(judged.value(Metric.AUC)).isNaN();
    assertThat(judged.measures(1)).extracting(Measure::metric).doesNotContain(Metric.AUC);
  }

  @Test
  void anAnswerThatIsNoNumberIsWrong() {
    var judged = new ChosenClasses(2, List.of(new float[] {Float.NaN, Float.NaN}), new int[] {0});
    assertThat(judged.value(Metric.ACCURACY)).isZero();
    assertThat(judged.value(Metric.MACRO_F1)).isZero();
  }

  /**
   * Of three names one is whole: 1 hit of 3 wanted and 3 told is F1 1/3; 6 of 8 words are right.
   */
  @Test
  void aNameCountsOnlyWhole() {
    var wanted = List.of(tags("B-PER", "I-PER", "O", "B-LOC"), tags("B-LOC", "O", "O", "O"));
    var told = List.of(tags("B-PER", "I-PER", "O", "B-PER"), tags("B-LOC", "I-LOC", "O", "O"));

    var judged = new TaggedTokens(TAGS, told, wanted);

    assertThat(judged.metrics().getFirst()).isEqualTo(Metric.ENTITY_F1);
    assertThat(judged.value(Metric.ENTITY_F1)).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(judged.value(Metric.ACCURACY)).isEqualTo(0.75);
  }

  /** As the CoNLL evaluation reads them. */
  @Test
  void aTagThatGoesOnWhereNothingBeganBeginsAName() {
    assertThat(Entities.of(new String[] {"O", "I-PER", "I-PER", "I-LOC", "B-LOC", "O"}))
        .containsExactlyInAnyOrder(
            new Entities.Entity("PER", 1, 3),
            new Entities.Entity("LOC", 3, 4),
            new Entities.Entity("LOC", 4, 5));
    assertThat(Entities.of(new String[] {"S-PER", "B-LOC", "E-LOC", "E-LOC"}))
        .containsExactlyInAnyOrder(
            new Entities.Entity("PER", 0, 1),
            new Entities.Entity("LOC", 1, 3),
            new Entities.Entity("LOC", 3, 4));
  }

  @Test
  void wordClassesHaveNoNames() {
    var judged =
        new TaggedTokens(
            List.of("NOUN", "VERB"), List.of(new int[] {0, 1}), List.of(new int[] {0, 0}));
    assertThat(judged.metrics()).containsExactly(Metric.ACCURACY, Metric.MACRO_F1);
  }

  @Test
  void perplexityIsOfTokensNotOfTexts() {
    var judged = new TokenLosses(new double[] {2, 30}, new long[] {1, 9});
    assertThat(judged.value(Metric.PERPLEXITY)).isCloseTo(Math.exp(3.2), within(1e-9));
    assertThat(judged.tokens()).isEqualTo(10);
  }

  /** Worked by hand: 5 and 6 words, common: the, cat, on, the, mat as words, in this order too. */
  @Test
  void wordsPairsAndSequencesAreCounted() {
    var judged =
        new WrittenAnswers(
            List.of("The cat on the mat.", " YES "), List.of("the cat sat on the mat", "yes"));
    assertThat(judged.value(Metric.ROUGE_1)).isCloseTo((10.0 / 11 + 1) / 2, within(1e-12));
    // the cat, on the, the mat are common to 4 and 5 pairs; one word has no pair on either side.
    assertThat(judged.value(Metric.ROUGE_2)).isCloseTo((6.0 / 9 + 1) / 2, within(1e-12));
    assertThat(judged.value(Metric.ROUGE_L)).isCloseTo((10.0 / 11 + 1) / 2, within(1e-12));
    assertThat(judged.value(Metric.EXACT_MATCH)).isEqualTo(0.5);
  }

  /** Lin's own examples. */
  @Test
  void aSequenceOfWordsMayHaveGaps() {
    assertThat(Wording.rougeL("police killed the gunman", "police kill the gunman"))
        .isCloseTo(0.75, within(1e-12));
    assertThat(Wording.rougeL("the gunman kill police", "police kill the gunman"))
        .isCloseTo(0.5, within(1e-12));
    assertThat(Wording.rougeL("", "something")).isZero();
    assertThat(Wording.exactMatch(" A  b\n", "a b")).isEqualTo(1);
    assertThat(Wording.exactMatch("a b c", "a b")).isZero();
  }

  static Stream<Judged> all() {
    return Stream.of(
        new ChosenClasses(2, List.of(new float[] {1, 0}, new float[] {0, 1}), new int[] {0, 1}),
        new LabelSets(
            1,
            List.of(new float[] {1}, new float[] {-1}),
            List.of(new boolean[] {true}, new boolean[] {false})),
        new Numbers(new double[] {1, 2}, new double[] {1, 2}),
        new TaggedTokens(
            List.of("a", "b"),
            List.of(new int[] {0}, new int[] {1}),
            List.of(new int[] {0}, new int[] {1})),
        new WrittenAnswers(List.of("a", "b c"), List.of("a", "b c")));
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatIsAllRightHasTheBestValueOfEveryMetric(Judged judged) {
    for (var metric : judged.metrics())
      assertThat(judged.value(metric))
          .as(metric.key())
          .isCloseTo(metric.mode() == Mode.MIN ? 0 : 1, within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyMetricIsToldOrRefused(Judged judged) {
    for (var metric : Metric.values())
      if (judged.metrics().contains(metric))
        assertThat(judged.measure(metric, 1).metric()).isEqualTo(metric);
      else assertThatIllegalArgumentException().isThrownBy(() -> judged.value(metric));
  }

  @Test
  void betterDependsOnTheMode() {
    assertThat(Mode.MAX.isBetter(2, 1)).isTrue();
    assertThat(Mode.MIN.isBetter(2, 1)).isFalse();
    assertThat(Mode.MIN.isBetter(2, Double.NaN)).isTrue();
    assertThat(Mode.MAX.isBetter(Double.NaN, 1)).isFalse();
    assertThat(Metric.of("Macro_F1")).contains(Metric.MACRO_F1);
    assertThat(Metric.of("f2")).isEmpty();
  }

  private static int[] tags(String... names) {
    return Arrays.stream(names).mapToInt(TAGS::indexOf).toArray();
  }
}
