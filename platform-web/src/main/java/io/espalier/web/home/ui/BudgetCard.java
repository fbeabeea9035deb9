package io.espalier.web.home.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.espalier.web.element.BudgetMeter;
import io.espalier.web.element.Figure;

/** What a team may still use. */
final class BudgetCard extends Section {

  BudgetCard(Home.FundedTeam funded) {
    addClassName("card");
    var budget = funded.budget();
    var of = new Span("of " + budget.funded());
    of.addClassName("secondary");
    var header = new Div(new H2(funded.team().name()), of);
    header.addClassName("card-header");
    add(
        header,
        new Figure(budget.free().toString(), "free in the budget"),
        new BudgetMeter(budget.funded(), budget.spent(), budget.held()));
  }
}
