package io.espalier.trainer.task;

import io.espalier.domain.wire.TrainerEvent.Sample;
import io.espalier.trainer.data.Samples;
import io.espalier.trainer.metric.ChosenClasses;
import io.espalier.trainer.metric.Judged;
import io.espalier.trainer.metric.LabelSets;
import io.espalier.trainer.metric.Measure;
import io.espalier.trainer.metric.Metric;
import io.espalier.trainer.metric.Numbers;
import io.espalier.trainer.metric.TaggedTokens;
import io.espalier.trainer.metric.TokenLosses;
import io.espalier.trainer.metric.WrittenAnswers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a model says of labelled samples. */
final class Predictions {

  private static final int SHOWN_OF_EACH_KIND = 8;

  /** Intervals are a function of the answers alone. */
  private static final long SEED = 1;

  private final Samples samples;
  private final List<String> classes;
  private final Judged judged;

  /**
   * @param answers to all samples, in their order
   */
  Predictions(Samples samples, List<String> classes, List<float[]> answers) {
    this.samples = samples;
    this.classes = classes;
    this.judged = samples.targets().judged(answers);
  }

  /** The metrics of such answers; the first is the usual objective. */
  List<Metric> metrics() {
    return judged.metrics();
  }

  int size() {
    return samples.size();
  }

  List<String> classes() {
    return classes;
  }

  double value(Metric metric) {
    return judged.value(metric);
  }

  /** Every metric that can be told, with its interval. */
  List<Measure> measures() {
    return judged.measures(SEED);
  }

  /** Of the best answer that needs no look at the samples. */
  double chance(Metric metric) {
    return samples.targets().judged(samples.targets().constant()).value(metric);
  }

  /** Rows are true classes, columns are predicted ones; empty where there are no single classes. */
  List<List<Integer>> confusion() {
    return switch (judged) {
      case ChosenClasses chosen -> chosen.confusion();
      case TaggedTokens tagged -> tagged.confusion();
      case LabelSets _, Numbers _, TokenLosses _, WrittenAnswers _ -> List.of();
    };
  }

  /** Of each class: whether it applies, by whether it was told; empty unless several may apply. */
  List<List<List<Integer>>> confusions() {
    return judged instanceof LabelSets sets ? sets.confusion() : List.of();
  }

  /** The surest mistakes first, then the surest right answers. */
  List<Sample> samplesToShow() {
    return switch (judged) {
      case ChosenClasses chosen ->
          shown(
              row -> chosen.chosen(row) == chosen.wanted(row),
              chosen::confidence,
              chosen::confidence,
              row -> classes.get(chosen.wanted(row)),
              row -> chosen.chosen(row) < 0 ? "none" : classes.get(chosen.chosen(row)));
      case LabelSets sets ->
          shown(
              sets::isRight,
              row -> sets.isRight(row) ? 1 : 0,
              row -> 1,
              row -> names(label -> sets.wanted(row, label)),
              row -> names(label -> sets.told(row, label)));
      case TaggedTokens tagged ->
          shown(
              row -> tagged.share(row) == 1,
              tagged::share,
              row -> -tagged.share(row),
              row -> "%d words".formatted(samples.length(row)),
              row -> "%.0f %% right".formatted(100 * tagged.share(row)));
      case Numbers numbers ->
          shown(
              _ -> false,
              _ -> 1,
              row -> Math.abs(numbers.told(row) - numbers.wanted(row)),
              row -> number(numbers.wanted(row)),
              row -> number(numbers.told(row)));
      case TokenLosses _, WrittenAnswers _ ->
          throw new IllegalStateException("samples are not judged as texts");
    };
  }

  private interface Words {
    String of(int row);
  }

  private List<Sample> shown(
      IntPredicate right,
      IntToDoubleFunction confidence,
      IntToDoubleFunction interest,
      Words wanted,
      Words told) {
    var shown = new ArrayList<Sample>();
    for (boolean kind : new boolean[] {false, true}) {
      IntStream.range(0, samples.size())
          .filter(row -> right.test(row) == kind)
          .boxed()
          .sorted(
              Comparator.comparingDouble((Integer row) -> interest.applyAsDouble(row)).reversed())
          .limit(SHOWN_OF_EACH_KIND)
          .forEach(row ->
              shown.add(
                  new Sample(
                      samples.name(row),
                      wanted.of(row),
                      told.of(row),
                      confidence.applyAsDouble(row))));
    }
    return shown;
  }

  private String names(IntPredicate applies) {
    var names =
        IntStream.range(0, classes.size())
            .filter(applies)
            .mapToObj(classes::get)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : names;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
