package io.espalier.web.budget.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.budget.TeamBudget;
import io.espalier.orchestrator.budget.TeamSpending;
import io.espalier.web.element.BudgetMeter;
import io.espalier.web.element.Figure;
import io.espalier.web.element.Words;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What is left, how long it lasts, and what was spent without a result. */
final class BudgetPanel extends Section {

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  BudgetPanel(TeamBudget budget, TeamSpending spending, Instant now) {
    addClassName("card");
    getElement().setAttribute("aria-label", "Balance");
    var figures =
        new Div(
            new Figure(budget.free().toString(), "free"),
            new Figure(budget.held().toString(), "held for what runs"),
            new Figure(budget.spent().toString(), "spent"),
            new Figure(budget.funded().toString(), "funded in all"));
    figures.addClassName("figures");
    add(
        figures,
        new BudgetMeter(budget.funded(), budget.spent(), budget.held()),
        forecast(budget, spending, now),
        waste(budget, spending));
  }

  private static Component forecast(TeamBudget budget, TeamSpending spending, Instant now) {
    var pace = spending.pace();
    if (!budget.free().isMoreThan(GpuTime.ZERO)) {
      return line("Nothing is free: jobs wait until what is held comes back, or budget is added.");
    }
    return line(
        pace.lasts(budget.free())
            .map(left ->
                "Runs out on %s at this pace: %s in the last %s, so %s are left."
                    .formatted(
                        DAY.format(now.plus(left)),
                        pace.spent(),
                        Words.span(pace.over()),
                        Words.span(left)))
            .orElse(
                pace.spent().isMoreThan(GpuTime.ZERO)
                    ? "Too little was spent so far to say how long the budget lasts."
                    : "Nothing was spent in the last seven days, so nothing says when it runs out."));
  }

  private static Component waste(TeamBudget budget, TeamSpending spending) {
    var failed = spending.failed();
    var cancelled = spending.cancelled();
    var lost = failed.spent().plus(cancelled.spent());
    if (!lost.isMoreThan(GpuTime.ZERO)) return line("No GPU time went to jobs without a result.");
    double share = (double) lost.millis() / Math.max(1, budget.spent().millis());
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
