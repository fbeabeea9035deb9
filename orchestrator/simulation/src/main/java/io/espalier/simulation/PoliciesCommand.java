package io.espalier.simulation;

import io.espalier.simulation.policy.Comparison;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/** {@code ops/sim policies}. */
final class PoliciesCommand {

  static int run(List<String> words) {
    int jobs = 6000;
    double load = 0.9;
    long seed = 1;
    boolean json = false;
    for (var rest = words.iterator(); rest.hasNext(); ) {
      var word = rest.next();
      try {
        switch (word) {
          case "--jobs" -> jobs = Integer.parseInt(rest.next());
          case "--load" -> load = Double.parseDouble(rest.next());
          case "--seed" -> seed = Long.parseLong(rest.next());
          case "--json" -> json = true;
          default -> {
            System.err.println("ops/sim: unknown option " + word + "; see ops/sim --help");
            return 2;
          }
        }
      } catch (NumberFormatException | NoSuchElementException e) {
        System.err.println("ops/sim: " + word + " needs a number; see ops/sim --help");
        return 2;
      }
    }
    var figures = Comparison.of(seed, jobs, load);
    System.out.print(Comparison.table(figures));
    if (json) System.out.println(json(figures));
    return 0;
  }

  private static String json(Comparison.Figures figures) {
    var rows =
        figures.rows().stream()
            .map(row ->
                String.format(
                    Locale.ROOT,
                    "{\"policy\":\"%s\",\"mean_s\":%.1f,\"median_s\":%.1f,\"p99_s\":%.1f,"
                        + "\"unfairness\":%.4f,\"worse_than_private\":%.5f,\"lost\":%.6f}",
                    row.policy(),
                    row.meanCompletion(),
                    row.medianCompletion(),
                    row.p99Completion(),
                    row.unfairness(),
                    row.worseThanPrivate(),
                    row.lost()))
            .collect(Collectors.joining(","));
    return String.format(
        Locale.ROOT,
        "{\"jobs\":%d,\"load\":%.2f,\"policies\":[%s],\"share_deviation\":%.4f,"
            + "\"p90_coverage\":%.4f}",
        figures.jobs(),
        figures.load(),
        rows,
        figures.convergence(),
        figures.coverage());
  }

  private PoliciesCommand() {}
}
