package io.espalier.web.element;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import io.espalier.domain.unit.GpuTime;

/** What is spent, held and free of a budget or of a job's cap, as a bar with its legend. */
public final class BudgetMeter extends Div {

  public BudgetMeter(GpuTime funded, GpuTime spent, GpuTime held) {
    addClassName("budget");
    double whole = Math.max(1, Math.max(funded.millis(), spent.plus(held).millis()));
    var free = funded.minus(spent).minus(held);
    var shownFree = free.isMoreThan(GpuTime.ZERO) ? free : GpuTime.ZERO;
    var text = "%s spent, %s held, %s free of %s".formatted(spent, held, shownFree, funded);
    add(
        new Meter(text).part("spent", spent.millis() / whole).part("held", held.millis() / whole),
        legend("spent", spent, "Spent"),
        legend("held", held, "Held"),
        legend("free", shownFree, "Free"));
  }

  private static Span legend(String className, GpuTime amount, String name) {
    var value = new Span(amount.toString());
    value.addClassName("number");
    var entry = new Span(new Span(name), value);
    entry.addClassNames("legend", className);
    return entry;
  }
}
