package io.espalier.web.finetune.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.Prospect;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.job.Preview;
import io.espalier.web.element.Figure;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.shell.Message;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the job will cost, what fits under its cap, and what stands in its way. */
final class PlanPanel extends Section {

  private final Div content = new Div();

  /** The buttons stand beneath what they would do. */
  PlanPanel(Component... buttons) {
    addClassNames("card", "plan");
    content.addClassName("stack");
    content.getElement().setAttribute("aria-live", "polite");
    var actions = new Div(buttons);
    actions.addClassName("row-actions");
    add(new H2("Plan"), content, actions);
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

  void show(Preview preview, GpuTime cap, @Nullable Protocol asked) {
    content.removeAll();
    for (var obstacle : preview.obstacles()) content.add(Message.of(obstacle));
    var flight = preview.preflight();
    var figures =
        new Div(
            new Figure(flight.low().toString(), "linear probe, at least"),
            new Figure(flight.high().toString(), "full fine-tuning, all steps"));
    figures.addClassName("figures");
    content.add(
        figures, scale(preview, cap), prospects(preview, asked), whoDecides(asked), facts(preview));
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

  /** Every protocol with what it would cost; the one that is asked for stands out. */
  private static Component prospects(Preview preview, @Nullable Protocol asked) {
    var table = new Table("Protocols", "Protocol", "GPU time", "Memory", "Under this cap");
    for (var prospect : preview.prospects()) {
      var fit = new Span(words(prospect));
      fit.addClassName(isPossible(prospect) ? "right" : "wrong");
      var row =
          table.row(
              new Span(prospect.protocol().label()),
              Table.number(prospect.cost().toString()),
              Table.number(prospect.memory().toString()),
              fit);
      if (prospect.protocol() == asked) row.addClassName("chosen-row");
    }
    return table;
  }

  private static boolean isPossible(Prospect prospect) {
    return switch (prospect.fit()) {
      case WHOLE, CUT_SHORT -> true;
      case TOO_DEAR, TOO_LARGE -> false;
    };
  }

  private static String words(Prospect prospect) {
    return switch (prospect.fit()) {
      case WHOLE -> "fits";
      case CUT_SHORT ->
          "fits with %s of %s steps"
              .formatted(Words.count(prospect.steps()), Words.count(prospect.wantedSteps()));
      case TOO_DEAR -> "too dear";
      case TOO_LARGE -> "no slot has the memory";
    };
  }

  private static Component whoDecides(@Nullable Protocol asked) {
    var text =
        new Paragraph(
            asked == null
                ? "Estimates from the model's graph. Measuring your data decides: how well its"
                    + " features tell your classes apart, what a step of each protocol takes, and"
                    + " so which fitting one is worth its price."
                : "Estimates from the model's graph. You ask for %s; measuring your data settles how many steps it gets."
                    .formatted(asked.label()));
    text.addClassName("secondary");
    return text;
  }

  private static Component facts(Preview preview) {
    var list =
        new UnorderedList(
            new ListItem("Held at its start: " + preview.needed()),
            new ListItem("Measuring your data first: up to " + preview.preflight().profileBudget()),
            new ListItem("Free in the team's budget: " + preview.teamFree()),
            new ListItem("Only what is used is spent; the rest of the hold goes back."));
    list.addClassNames("plain", "secondary");
    return list;
  }

  private static String share(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * Math.clamp(share, 0, 1));
  }
}
