package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import io.espalier.orchestrator.job.Curves;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.chart.CurveChart;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics as curves, one chart for each quantity: {@code train/loss} and {@code
 * validation/loss} share one. New points are added to what the browser has.
 */
final class CurvesPanel extends Panel {

  private final JobSource source;
  private final Div charts = new Div();
  private final Paragraph none = new Paragraph();
  private final TreeMap<String, CurveChart> byQuantity = new TreeMap<>(CurvesPanel::inOrder);
  private final Map<String, Integer> lastSteps = new HashMap<>();
  private @Nullable Instant last;
  private @Nullable String agent;

  CurvesPanel(JobSource source) {
    super("Curves");
    this.source = source;
    charts.addClassName("charts");
    none.addClassName("secondary");
    add(none, charts);
  }

  @Override
  void show(JobView job) {
    var running = job.running();
    var runsOn = running == null ? null : running.agent();
    boolean moved = runsOn != null && agent != null && !runsOn.equals(agent);
    if (runsOn != null) agent = runsOn;
    if (last == null || moved) {
      replace(source.curves());
    } else {
      append(source.curvesAfter(last));
    }
    none.setVisible(last == null);
    none.setText(
        job.state().isTerminal()
            ? "This job ended before it measured anything."
            : "Loss and accuracy appear here with the first step of training.");
  }

  private void append(Curves news) {
    // A run that goes on from a checkpoint measures some steps again: those replace the old ones.
    boolean again =
        news.series().stream()
            .anyMatch(series ->
                series.points().getFirst().step()
                    <= lastSteps.getOrDefault(series.name(), Integer.MIN_VALUE));
    if (again) {
      replace(source.curves());
      return;
    }
    for (var series : news.series()) {
      chart(series.name()).append(label(series.name()), points(series));
      remember(series);
    }
  }

  private void replace(Curves curves) {
    lastSteps.clear();
    var grouped = new TreeMap<String, List<Curves.Series>>();
    for (var series : curves.series()) {
      grouped.merge(quantity(series.name()), List.of(series), CurvesPanel::joined);
      remember(series);
    }
    grouped.forEach((_, group) ->
        chart(group.getFirst().name())
            .setSeries(
                group.stream()
                    .map(series -> new CurveChart.Series(label(series.name()), points(series)))
                    .toList()));
  }

  private static List<Curves.Series> joined(List<Curves.Series> some, List<Curves.Series> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private void remember(Curves.Series series) {
    var point = series.points().getLast();
    lastSteps.put(series.name(), point.step());
    for (var each : series.points()) {
      if (last == null || each.at().isAfter(last)) last = each.at();
    }
  }

  private CurveChart chart(String metric) {
    var quantity = quantity(metric);
    var known = byQuantity.get(quantity);
    if (known != null) return known;
    var chart = new CurveChart(title(quantity), quantity);
    byQuantity.put(quantity, chart);
    int place = byQuantity.headMap(quantity).size();
    charts.addComponentAtIndex(place, chart);
    return chart;
  }

  private static List<CurveChart.Point> points(Curves.Series series) {
    return series.points().stream()
        .map(point -> new CurveChart.Point(point.step(), point.value()))
        .toList();
  }

  /** {@code train/loss} is a loss. */
  private static String quantity(String metric) {
    return metric.substring(metric.lastIndexOf('/') + 1);
  }

  private static String label(String metric) {
    int slash = metric.lastIndexOf('/');
    return slash < 0 ? metric : metric.substring(0, slash);
  }

  private static String title(String quantity) {
    return switch (quantity) {
      case "loss" -> "Loss";
      case "accuracy" -> "Accuracy";
      case "lr" -> "Learning rate";
      case "grad_norm" -> "Gradient norm";
      case "lambda" -> "Regularisation";
      case "data_wait_share" -> "Share of time that steps waited for data";
      default -> quantity.replace('_', ' ');
    };
  }

  /** What matters most comes first. */
  private static int inOrder(String one, String other) {
    var known = List.of("loss", "accuracy", "lr");
    int first = known.contains(one) ? known.indexOf(one) : known.size();
    int second = known.contains(other) ? known.indexOf(other) : known.size();
    return first != second ? Integer.compare(first, second) : one.compareTo(other);
  }
}
