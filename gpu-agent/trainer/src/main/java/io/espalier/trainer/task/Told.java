package io.espalier.trainer.task;

import io.espalier.models.family.Head;
import io.espalier.trainer.data.Question;
import io.espalier.trainer.metric.Probabilities;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One answer of a model, with what its logits mean. */
final class Told {

  private final Question question;
  private final float[] logits;

  private static final int SHOWN = 3;

  /** {@code logits}: (labels), or (words, labels) row by row. */
  Told(Question question, float[] logits) {
    this.question = question;
    this.logits = logits;
  }

  float[] logits() {
    return logits.clone();
  }

  /** What it says, by the names that JSON has for it. */
  Map<String, Object> fields() {
    var fields = new LinkedHashMap<String, Object>();
    switch (question.head()) {
      case Head.Classification(_, var targets) -> {
        switch (targets) {
          case SINGLE_LABEL -> {
            var shares = Probabilities.softmax(logits);
            int best = Math.max(0, Probabilities.highest(logits));
            fields.put("label", name(best));
            fields.put("probability", shares[best]);
            fields.put("probabilities", named(shares));
          }
          case MULTI_LABEL -> {
            fields.put("labels", applying().mapToObj(this::name).toList());
            fields.put("probabilities", named(sigmoids()));
          }
          case REGRESSION -> fields.put("value", logits[0]);
        }
      }
      case Head.TokenClassification(int labels) -> fields.put("tags", tags(labels));
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() ->
          throw new IllegalStateException("no sample is told by " + question.head());
    }
    return fields;
  }

  /** The same for a person. */
  String sentence() {
    return switch (question.head()) {
      case Head.Classification(_, var targets) ->
          switch (targets) {
            case SINGLE_LABEL -> {
              var shares = Probabilities.softmax(logits);
              yield IntStream.range(0, shares.length)
                  .boxed()
                  .sorted((a, b) -> Double.compare(shares[b], shares[a]))
                  .limit(SHOWN)
                  .map(i -> String.format(Locale.ROOT, "%s %.3f", name(i), shares[i]))
                  .collect(Collectors.joining("  "));
            }
            case MULTI_LABEL -> {
              var shares = sigmoids();
              var names =
                  applying()
                      .mapToObj(i -> String.format(Locale.ROOT, "%s %.3f", name(i), shares[i]))
                      .collect(Collectors.joining("  "));
              yield names.isEmpty() ? "none" : names;
            }
            case REGRESSION -> String.format(Locale.ROOT, "%.4g", logits[0]);
          };
      case Head.TokenClassification(int labels) -> String.join(" ", tags(labels));
      case Head.LanguageModelling(), Head.SequenceToSequence(), Head.Matching() ->
          throw new IllegalStateException("no sample is told by " + question.head());
    };
  }

  private IntStream applying() {
    return IntStream.range(0, logits.length).filter(i -> logits[i] > 0);
  }

  private double[] sigmoids() {
    return IntStream.range(0, logits.length)
        .mapToDouble(i -> Probabilities.sigmoid(logits[i]))
        .toArray();
  }

  private List<String> tags(int labels) {
    var tags = new ArrayList<String>();
    for (int at = 0; at < logits.length; at += labels)
      tags.add(
          name(Math.max(0, Probabilities.highest(Arrays.copyOfRange(logits, at, at + labels)))));
    return tags;
  }

  private String name(int label) {
    return question.classes().get(label);
  }

  private Map<String, Double> named(double[] shares) {
    var named = new LinkedHashMap<String, Double>();
    for (int i = 0; i < shares.length; i++) named.put(name(i), shares[i]);
    return named;
  }
}
