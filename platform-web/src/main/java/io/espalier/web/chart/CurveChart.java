package io.espalier.web.chart;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.HasSize;
import com.vaadin.flow.component.HasStyle;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.component.dependency.JsModule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Curves over training steps. Follows light and dark, resizes with its box, and draws 10,000 points
 * at once by down-sampling in the browser. A browser that reloads gets a new page and with it a new
 * chart: set its series from what is stored.
 */
@Tag("curve-chart")
@JsModule("context://js/curve-chart.js")
public final class CurveChart extends Component implements HasSize, HasStyle {

  /** A place on a curve. */
  public record Point(double x, double y) {}

  public record Series(String name, List<Point> points) {}

  /** What the browser gets: {@code xy} is x0, y0, x1, y1, … */
  private record Flat(String name, List<Double> xy) {}

  /**
   * @param title read out by screen readers and shown above the curves
   * @param yName of the vertical axis, such as {@code loss}
   */
  public CurveChart(String title, String yName) {
    getElement().setAttribute("role", "img");
    getElement().setAttribute("aria-label", title);
    getElement().setProperty("chartTitle", title);
    getElement().setProperty("xName", "step");
    getElement().setProperty("yName", yName);
  }

  /** Replaces all curves. */
  public void setSeries(List<Series> series) {
    var flat = new ArrayList<Flat>();
    for (var one : series) flat.add(new Flat(one.name(), flat(one.points())));
    call("setSeries($0)", flat);
  }

  /** Adds to the end of a curve, which is begun if there is none of that name. */
  public void append(String series, List<Point> points) {
    if (!points.isEmpty()) call("extend($0)", new Flat(series, flat(points)));
  }

  // The module may still be loading; calls wait for it and keep their order.
  private void call(String method, Object argument) {
    getElement()
        .executeJs(
            "customElements.whenDefined('curve-chart').then(() => this." + method + ")", argument);
  }

  /** Leaves out what is not a number: a diverged loss ends its curve. */
  private static List<Double> flat(List<Point> points) {
    return points.stream()
        .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
        .flatMap(point -> Stream.of(point.x(), point.y()))
        .toList();
  }
}
