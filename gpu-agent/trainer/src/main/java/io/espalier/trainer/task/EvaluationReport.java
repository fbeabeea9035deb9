package io.espalier.trainer.task;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an evaluation found.
 *
 * @param source which samples were judged
 * @param remarks what a person should know of them
 */
record EvaluationReport(Predictions predictions, String source, List<String> remarks) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_CLASSES_SHOWN = 20;
  private static final int WIDEST = 12;

  void print(PrintWriter out) {
    remarks.forEach(out::println);
    out.printf("%n%,d samples: %s%n%n", predictions.size(), source);
    out.printf("%-14s %10s %23s %10s%n", "metric", "value", "95 % of resamples", "chance");
    for (var measure : predictions.measures())
      out.printf(
          Locale.ROOT,
          "%-14s %10.4f %10.4f … %10.4f %10.4f%n",
          measure.metric().label(),
          measure.value(),
          measure.low(),
          measure.high(),
          predictions.chance(measure.metric()));
    confusion(out);
    shown(out);
  }

  /** Rows are true classes, columns are predicted ones. */
  private void confusion(PrintWriter out) {
    var classes = predictions.classes();
    if (classes.size() > MOST_CLASSES_SHOWN) {
      out.printf("%n%d classes: --json has the confusion matrix%n", classes.size());
      return;
    }
    var table = predictions.confusion();
    if (!table.isEmpty()) {
      out.printf("%n%-" + WIDEST + "s", "is \\ said");
      classes.forEach(name -> out.printf(" %" + WIDEST + "s", cut(name)));
      out.println();
      for (int row = 0; row < table.size(); row++) {
        out.printf("%-" + WIDEST + "s", cut(classes.get(row)));
        table.get(row).forEach(count -> out.printf(" %" + WIDEST + "d", count));
        out.println();
      }
    }
    var each = predictions.confusions();
    if (!each.isEmpty()) {
      out.printf(
          "%n%-" + WIDEST + "s %10s %10s %10s %10s%n", "class", "hit", "missed", "wrong", "rest");
      for (int label = 0; label < each.size(); label++) {
        var counts = each.get(label);
        out.printf(
            "%-" + WIDEST + "s %10d %10d %10d %10d%n",
            cut(classes.get(label)),
            counts.get(1).get(1),
            counts.get(1).get(0),
            counts.get(0).get(1),
            counts.get(0).get(0));
      }
    }
  }

  private void shown(PrintWriter out) {
    var mistakes =
        predictions.samplesToShow().stream()
            .filter(sample -> !sample.label().equals(sample.predicted()))
            .toList();
    if (mistakes.isEmpty()) return;
    out.printf("%nthe surest mistakes%n");
    for (var sample : mistakes)
      out.printf("  %s: is %s, said %s%n", sample.name(), sample.label(), sample.predicted());
  }

  void json(PrintWriter out) {
    var told = new LinkedHashMap<String, Object>();
    told.put("samples", predictions.size());
    told.put("source", source);
    told.put("classes", predictions.classes());
    var metrics = new LinkedHashMap<String, Object>();
    for (var measure : predictions.measures())
      metrics.put(
          measure.metric().key(),
          Map.of(
              "value", measure.value(),
              "low", measure.low(),
              "high", measure.high(),
              "chance", predictions.chance(measure.metric()),
              "mode", measure.metric().mode().name().toLowerCase(Locale.ROOT)));
    told.put("metrics", metrics);
    var each = predictions.confusions();
    told.put("confusion", each.isEmpty() ? predictions.confusion() : each);
    told.put("mistakes", predictions.samplesToShow());
    told.put("remarks", remarks);
    out.println(JSON.writeValueAsString(told));
  }

  private static String cut(String name) {
    return name.length() <= WIDEST ? name : name.substring(0, WIDEST - 1) + "…";
  }
}
