package io.espalier.web.finetune.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.job.Preview;
import io.espalier.web.element.Figure;
import io.espalier.web.shell.Message;
import java.util.Locale;

/** What the job will cost, what fits under its cap, and what stands in its way. */
final class PlanPanel extends Section {

  /** A part of a cap stays free for what the estimate got wrong. */
  private static final double USABLE = 0.8;

  private final Div content = new Div();

  PlanPanel(Component submit) {
    addClassNames("card", "plan");
    content.addClassName("stack");
    content.getElement().setAttribute("aria-live", "polite");
    add(new H2("Plan"), content, submit);
  }

  void ask(String what) {
    content.removeAll();
    var text = new Paragraph(what);
    text.addClassName("secondary");
    content.add(text);
  }

  void refuse(Message message) {
    content.removeAll();
    content.add(message);
  }

  void show(Preview preview, GpuTime cap) {
    content.removeAll();
    for (var obstacle : preview.obstacles()) content.add(Message.of(obstacle));
    var flight = preview.preflight();
    var figures =
        new Div(
            new Figure(flight.low().toString(), "linear probe, at least"),
            new Figure(flight.high().toString(), "full fine-tuning, all steps"));
    figures.addClassName("figures");
    content.add(figures, scale(preview, cap), fits(preview, cap), facts(preview));
  }

  /** Low and high against the cap. */
  private static Component scale(Preview preview, GpuTime cap) {
    var flight = preview.preflight();
    double whole = 1.1 * Math.max(cap.millis(), flight.high().millis());
    var range = new Div();
    range.addClassName("gain");
    range
        .getStyle()
        .set("left", share(flight.low().millis() / whole))
        .set("width", share((flight.high().millis() - flight.low().millis()) / whole));
    var limit = new Div();
    limit.addClassName("mark");
    limit.getStyle().set("left", share(cap.millis() / whole));
    var name = new Span("cap");
    limit.add(name);
    var scale = new Div(range, limit);
    scale.addClassName("scale");
    scale.getElement().setAttribute("role", "img");
    scale
        .getElement()
        .setAttribute(
            "aria-label",
            "Expected between %s and %s, the cap is %s"
                .formatted(flight.low(), flight.high(), cap));
    return scale;
  }

  private static Component fits(Preview preview, GpuTime cap) {
    var flight = preview.preflight();
    var usable = cap.times(USABLE);
    var list = new UnorderedList();
    list.addClassName("health");
    boolean probe = !preview.needed().isMoreThan(cap);
    list.add(
        finding(
            probe,
            probe ? "A linear probe fits the cap." : "Not even a linear probe fits the cap."));
    if (probe) {
      boolean all = !flight.high().isMoreThan(usable);
      list.add(
          finding(
              all,
              all
                  ? "Every protocol fits with all the steps it wants."
                  : "Dearer protocols fit with fewer steps than they want, or not at all."));
    }
    return list;
  }

  private static Component facts(Preview preview) {
    var list =
        new UnorderedList(
            new ListItem("Measuring your data first: up to " + preview.preflight().profileBudget()),
            new ListItem("Needed for a start: " + preview.needed()),
            new ListItem("Free in the team's budget: " + preview.teamFree()),
            new ListItem("Only what is used is spent; the rest of the hold goes back."));
    list.addClassNames("plain", "secondary");
    return list;
  }

  private static ListItem finding(boolean good, String text) {
    var item = new ListItem(new Span(text));
    item.addClassName(good ? "good" : "warning");
    return item;
  }

  private static String share(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * Math.clamp(share, 0, 1));
  }
}
