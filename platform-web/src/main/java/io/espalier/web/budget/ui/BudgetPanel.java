package io.espalier.web.budget.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import io.espalier.domain.budget.Amount;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.budget.TeamBudget;
import io.espalier.orchestrator.budget.TeamPeriod;
import io.espalier.orchestrator.budget.TeamSpending;
import io.espalier.web.element.BudgetMeter;
import io.espalier.web.element.Figure;
import io.espalier.web.element.Words;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What is left in both units, how long it lasts, and what was spent without a result. */
final class BudgetPanel extends Section {

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  BudgetPanel(TeamBudget budget, TeamSpending spending, Instant now) {
    addClassName("card");
    getElement().setAttribute("aria-label", "Balance");
    if (budget.warning() > 0) add(warning(budget));
    add(
        figures(
            new Figure(budget.free().toString(), "free"),
            new Figure(budget.held().toString(), "held for what runs"),
            new Figure(budget.spent().toString(), "spent"),
            new Figure(budget.funded().toString(), "funded in all")),
        new BudgetMeter(budget.funded(), budget.spent(), budget.held()));
    var money = budget.money();
    if (money.isInUse()) {
      add(
          figures(
              new Figure(money.free().toString(), "money free"),
              new Figure(money.held().toString(), "money held"),
              new Figure(money.spent().toString(), "money spent"),
              new Figure(money.funded().toString(), "money funded in all")));
    }
    var overdraft = new Amount(budget.overdraft(), money.overdraft());
    if (!overdraft.isNothing()) {
      add(line("It may use " + overdraft + " beyond what it was funded with."));
    }
    if (budget.period() != null) add(period(budget.period()));
    add(forecast(budget, spending, now), waste(budget, spending));
  }

  private static Div figures(Figure... figures) {
    var row = new Div(figures);
    row.addClassName("figures");
    return row;
  }

  private static Component warning(TeamBudget budget) {
    var warning =
        new Paragraph(
            "%s of the budget is spent or held: more than %d %%."
                .formatted(Words.percent(budget.used()), budget.warning()));
    warning.addClassName("hint");
    warning.getElement().setAttribute("role", "status");
    return warning;
  }

  private static Component period(TeamPeriod period) {
    var rule = period.rule();
    return line(
        "Every %s it is given %s; the present one ends on %s, and %d %% of what is free then stays."
            .formatted(
                Words.lower(rule.every()),
                rule.allowance(),
                DAY.format(period.endsAt()),
                rule.carryPercent()));
  }

  private static Component forecast(TeamBudget budget, TeamSpending spending, Instant now) {
    var pace = spending.pace();
    boolean moneyIsOut = budget.money().isInUse() && !budget.money().free().isMoreThan(Money.ZERO);
    if (!budget.free().isMoreThan(GpuTime.ZERO) || moneyIsOut) {
      return line("Nothing is free: jobs wait until what is held comes back, or budget is added.");
    }
    return line(
        pace.lasts(budget.freeAmount())
            .map(left ->
                "Runs out on %s at this pace: %s in the last %s, so %s are left."
                    .formatted(
                        DAY.format(now.plus(left)),
                        pace.spent(),
                        Words.span(pace.over()),
                        Words.span(left)))
            .orElse(
                pace.spent().isNothing()
                    ? "Nothing was spent in the last seven days, so nothing says when it runs out."
                    : "Too little was spent so far to say how long the budget lasts."));
  }

  private static Component waste(TeamBudget budget, TeamSpending spending) {
    var failed = spending.failed();
    var cancelled = spending.cancelled();
    var lost = failed.spent().plus(cancelled.spent());
    if (lost.isNothing()) return line("No GPU time went to jobs without a result.");
    double share = (double) lost.time().millis() / Math.max(1, budget.spent().millis());
    return line(
        "%s of what was spent had no result: %s on %s that failed, %s on %s that somebody cancelled."
            .formatted(
                Words.percent(share),
                failed.spent(),
                Words.count(failed.jobs(), "job", "jobs"),
                cancelled.spent(),
                Words.count(cancelled.jobs(), "job", "jobs")));
  }

  private static Paragraph line(String text) {
    var line = new Paragraph(text);
    line.addClassName("secondary");
    return line;
  }
}
