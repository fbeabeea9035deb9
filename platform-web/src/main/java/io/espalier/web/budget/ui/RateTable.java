package io.espalier.web.budget.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.Table;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;

/** What a GPU-hour of each pool costs; admins set it. */
final class RateTable extends Div {

  private final Rates rates;
  private final CurrentUser user;

  RateTable(Rates rates, CurrentUser user) {
    this.rates = rates;
    this.user = user;
    addClassName("card");
    show();
  }

  private void show() {
    removeAll();
    var pools = rates.list();
    if (pools.isEmpty()) {
      add(
          new EmptyState(
              "There is no pool yet", "A pool is there once an agent offers a slot of it."));
      return;
    }
    var table = new Table("Rates", "Pool", "A GPU-hour costs", "Set by", "Why", "");
    for (var pool : pools) {
      var newest = rates.history(pool.pool()).stream().findFirst();
      table.row(
          new Span(pool.pool()),
          Table.number(pool.version() == 0 ? "nothing" : pool.perHour().toString()),
          newest
              .<Component>map(rate -> new Cell(new Span(rate.setBy()), Cell.age(rate.validFrom())))
              .orElseGet(() -> new Span("–")),
          new Span(newest.map(Rates.Version::reason).orElse("–")),
          user.principal().platformAdmin()
              ? new Button("Set", _ -> dialog(pool).open())
              : new Span());
    }
    add(table, Cell.quiet("A lease is charged at the rate of its grant for as long as it lives."));
  }

  private Dialog dialog(Rates.PoolPrice pool) {
    var perHour = new NumberField("A GPU-hour costs");
    perHour.setWidthFull();
    perHour.setMin(0);
    perHour.setValue(pool.perHour().units());
    var reason = new TextField("Reason");
    reason.setWidthFull();
    reason.setRequiredIndicatorVisible(true);
    return new FormDialog(
        "Rate of " + pool.pool(),
        "Set rate",
        () -> {
          double units = perHour.getValue() == null ? 0 : perHour.getValue();
          rates.set(user.principal(), pool.pool(), Money.of(units), reason.getValue());
          show();
        },
        perHour,
        reason);
  }
}
