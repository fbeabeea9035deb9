package io.espalier.web.home.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.espalier.web.element.BudgetMeter;
import io.espalier.web.element.Figure;

/** The budget of each of my teams. */
final class BudgetCards extends Div {

  BudgetCards(Home home) {
    addClassName("cards");
    setVisible(!home.teams().isEmpty());
    for (var funded : home.teams()) {
      var budget = funded.budget();
      var of = new Span("of " + budget.funded());
      of.addClassName("secondary");
      var free = new Figure(budget.free().toString(), "free in the budget");
      var card =
          new Section(
              new H2(funded.team().name()),
              free,
              new BudgetMeter(budget.funded(), budget.spent(), budget.held()),
              of);
      card.addClassName("card");
      add(card);
    }
  }
}
