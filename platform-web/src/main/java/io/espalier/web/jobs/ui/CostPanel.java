package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import io.espalier.domain.budget.Amount;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.budget.JobCost;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.element.BudgetMeter;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the job may cost, holds and has spent, with every entry of its account. */
final class CostPanel extends Panel {

  private record Amounts(GpuTime cap, GpuTime held, GpuTime spent, Money money) {}

  private final JobSource source;
  private final Div content = new Div();
  private final Div entries = new Div();
  private @Nullable Amounts shown;

  CostPanel(JobSource source) {
    super("GPU time");
    this.source = source;
    content.addClassName("stack");
    var details = new Details("Entries of the ledger", entries);
    details.addClassName("quiet");
    add(content, details);
  }

  @Override
  void show(JobView job) {
    var amounts = new Amounts(job.cap(), job.held(), job.spent(), job.moneySpent());
    if (amounts.equals(shown)) return;
    shown = amounts;
    var cost = source.cost();
    var most =
        new Paragraph(
            "Cap %s. At most %s were held at any moment.".formatted(job.cap(), cost.mostHeld()));
    most.addClassName("secondary");
    content.removeAll();
    content.add(new BudgetMeter(job.cap(), job.spent(), job.held()), most);
    if (cost.money().spent().isMoreThan(Money.ZERO) || cost.money().cap() != null) {
      content.add(money(cost.money()));
    }
    entries.removeAll();
    entries.add(table(cost));
  }

  private static Component money(JobCost.InMoney money) {
    var cap = money.cap();
    var line =
        new Paragraph(
            "It has cost %s of money%s, and %s are held."
                .formatted(money.spent(), cap == null ? "" : " of at most " + cap, money.held()));
    line.addClassName("secondary");
    return line;
  }

  private static Component table(JobCost cost) {
    var table = new Table("Entries of the ledger", "When", "Entry", "Amount", "Why");
    var newestFirst = List.copyOf(cost.entries()).reversed();
    for (var entry : newestFirst) {
      var kind = new Span(Words.lower(entry.kind()));
      kind.addClassName("tag");
      table.row(
          Table.number(TimelinePanel.clock(entry.at())),
          kind,
          Table.number(new Amount(entry.amount(), entry.money()).toString()),
          new Span(entry.reason()));
    }
    return table;
  }
}
