package io.espalier.trainer.task;

import io.espalier.domain.protocol.Protocol;
import io.espalier.trainer.writing.WritingEvaluation;
import io.espalier.trainer.writing.WritingRun;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** The result of a training of a model that writes, for a person at a terminal. */
final class WritingReport {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int SHOWN = 400;

  private WritingReport() {}

  static void print(PrintWriter out, Protocol protocol, WritingRun.Result result) {
    for (var answer : result.answers()) {
      out.println();
      out.println("  asked   " + shown(answer.question()));
      if (!answer.wanted().isEmpty()) out.println("  wanted  " + shown(answer.wanted()));
      out.println("  before  " + shown(answer.before()));
      out.println("  after   " + shown(answer.after()));
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "%s: perplexity %.3f → %.3f (95 %%: %.3f … %.3f) on %,d test tokens; reloaded within %.1e%n",
        protocol.label(),
        result.perplexityBefore(),
        result.perplexityAfter(),
        result.perplexityLow(),
        result.perplexityHigh(),
        result.tokens(),
        result.reloadMaxDifference());
    means(out, "exact match", result.exactMatch());
    means(out, "ROUGE-L", result.rougeL());
  }

  /** What an evaluation found. */
  static void print(PrintWriter out, WritingEvaluation.Result result) {
    for (var answer : result.answers()) {
      out.println();
      out.println("  asked   " + shown(answer.question()));
      if (!answer.wanted().isEmpty()) out.println("  wanted  " + shown(answer.wanted()));
      out.println("  given   " + shown(answer.given()));
    }
    out.printf("%n%,d tokens, %d answers%n", result.tokens(), result.answers().size());
    for (var measure : result.measures())
      out.printf(
          Locale.ROOT,
          "%-14s %10.4f (95 %%: %.4f … %.4f)%n",
          measure.metric().label(),
          measure.value(),
          measure.low(),
          measure.high());
  }

  static void json(PrintWriter out, WritingEvaluation.Result result) {
    var metrics = new LinkedHashMap<String, Object>();
    for (var measure : result.measures())
      metrics.put(
          measure.metric().key(),
          Map.of(
              "value", measure.value(),
              "low", measure.low(),
              "high", measure.high(),
              "mode", measure.metric().mode().name().toLowerCase(Locale.ROOT)));
    var told = new LinkedHashMap<String, Object>();
    told.put("tokens", result.tokens());
    told.put("metrics", metrics);
    told.put("answers", result.answers());
    out.println(JSON.writeValueAsString(told));
  }

  private static void means(PrintWriter out, String name, Optional<WritingRun.Means> means) {
    means.ifPresent(found ->
        out.printf(
            Locale.ROOT,
            "%s %.4f → %.4f (95 %%: %.4f … %.4f)%n",
            name,
            found.before(),
            found.after(),
            found.afterLow(),
            found.afterHigh()));
  }

  private static String shown(String text) {
    var line = text.replace("\n", "⏎ ");
    return line.length() <= SHOWN ? line : "… " + line.substring(line.length() - SHOWN);
  }
}
