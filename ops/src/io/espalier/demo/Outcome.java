package io.espalier.demo;

import io.espalier.house.Rest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a job ended, for a person and for a program.
 *
 * @param job as the platform shows it; null for one that was refused
 * @param heldSeconds most that was ever put aside for it
 * @param spentSeconds what it cost
 * @param seconds from the start of the platform to the end of the job
 */
record Outcome(
    String state,
    JsonNode job,
    double heldSeconds,
    double spentSeconds,
    Map<String, Double> secondsInState,
    List<Path> artifacts,
    double seconds) {

  /** Exports that differ more than this from the trained model are not the trained model. */
  private static final double RELOAD_LIMIT = 1e-4;

  static Outcome refused(double spentSeconds, double seconds) {
    return new Outcome(
        "REFUSED", Rest.JSON.nullNode(), 0, spentSeconds, Map.of(), List.of(), seconds);
  }

  boolean isGood() {
    JsonNode difference = job.path("result").path("reloadMaxDifference");
    return state.equals("SUCCEEDED")
        && difference.isNumber()
        && difference.asDouble() <= RELOAD_LIMIT;
  }

  String table() {
    var table = new Table();
    JsonNode result = job.path("result");
    table.row("state", state + failure());
    table.row("protocol", protocol() == null ? "none" : protocol());
    table.rows("why", reasons());
    if (result.isObject()) {
      table.row(
          "test " + result.path("metric").asString(),
          "%.3f → %.3f (chance %.3f, %d samples)"
              .formatted(
                  result.path("before").asDouble(),
                  result.path("after").asDouble(),
                  result.path("chance").asDouble(),
                  result.path("samples").asInt()));
      table.row(
          "exports reload to", "%.1e".formatted(result.path("reloadMaxDifference").asDouble()));
    }
    table.row("GPU-seconds", "%.1f held at most, %.1f spent".formatted(heldSeconds, spentSeconds));
    secondsInState.forEach((name, inState) ->
        table.row("in " + name.toLowerCase(Locale.ROOT), "%.1f s".formatted(inState)));
    table.rows("artifacts", artifacts.stream().map(Path::toString).toList());
    return table.text();
  }

  private static final class Table {
    private final StringBuilder text = new StringBuilder();

    void row(String name, String value) {
      text.append("  %-18s %s%n".formatted(name, value));
    }

    void rows(String name, List<String> values) {
      for (int i = 0; i < values.size(); i++) row(i == 0 ? name : "", values.get(i));
    }

    String text() {
      return text.toString();
    }
  }

  /** The one line for programs. */
  String json() {
    ObjectNode line = Rest.JSON.createObjectNode();
    JsonNode result = job.path("result");
    line.put("state", state);
    line.put("protocol", protocol());
    copy(result, "metric", line, "metric");
    copy(result, "before", line, "before");
    copy(result, "after", line, "after");
    copy(result, "chance", line, "chance");
    line.put("held_gpu_s", rounded(heldSeconds));
    line.put("spent_gpu_s", rounded(spentSeconds));
    copy(result, "reloadMaxDifference", line, "reload_max_diff");
    line.put("seconds", rounded(seconds));
    return Rest.JSON.writeValueAsString(line);
  }

  private static void copy(JsonNode from, String name, ObjectNode to, String as) {
    JsonNode value = from.path(name);
    to.set(as, value.isMissingNode() ? Rest.JSON.nullNode() : value);
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private String protocol() {
    JsonNode protocol = job.path("training").path("protocol");
    return protocol.isString() ? protocol.asString() : null;
  }

  private List<String> reasons() {
    var reasons = new ArrayList<String>();
    for (JsonNode reason : job.path("decision").path("reasons")) reasons.add(reason.asString());
    return reasons;
  }

  private String failure() {
    JsonNode problem = job.path("problem");
    return problem.isObject() ? ": " + problem.path("message").asString() : "";
  }
}
