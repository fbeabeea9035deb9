package io.espalier.web.invariant.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.invariant.Invariants;
import io.espalier.orchestrator.invariant.Invariants.Contents;
import io.espalier.orchestrator.invariant.Invariants.Finding;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import jakarta.annotation.security.RolesAllowed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs the checks of {@code ops/check-invariants} and shows what each came to. */
@Route("admin/invariants")
@PageTitle("Invariants · Espalier")
@RolesAllowed("ADMIN")
final class InvariantsView extends Div {

  /** What nobody has looked after for so long will not be looked after. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int MOST_SHOWN = 50;

  private final Invariants invariants;
  private final Div result = new Div();

  InvariantsView(Invariants invariants) {
    this.invariants = invariants;
    addClassName("page");
    var check = new Button("Check now");
    check.addClickListener(_ -> {
      check();
      check.setEnabled(true);
    });
    check.addThemeVariants(ButtonVariant.PRIMARY);
    check.setDisableOnClick(true);
    var header = new Div(new H1("Invariants"), check);
    header.addClassName("page-header");
    result.getElement().setAttribute("aria-live", "polite");
    result.addClassName("stack");
    result.add(
        Cell.quiet(
            "What must hold of the stored state whatever has failed: ledger, leases, timelines,"
                + " stored files. The check only reads. ops/check-invariants does the same from a"
                + " shell, and reads every stored file."));
    add(header, result);
  }

  private void check() {
    var findings = new ArrayList<>(invariants.check(Contents.MEASURED));
    findings.addAll(invariants.stuck(PATIENCE));
    result.removeAll();
    result.add(verdict(findings), table(findings));
  }

  private static Paragraph verdict(List<Finding> findings) {
    long violated = findings.stream().filter(found -> !found.things().isEmpty()).count();
    var verdict =
        new Paragraph(
            violated == 0
                ? "All " + findings.size() + " invariants hold."
                : violated + " of " + findings.size() + " invariants are violated.");
    if (violated > 0) verdict.addClassName("hint");
    return verdict;
  }

  /** What is violated comes first. */
  private static Table table(List<Finding> findings) {
    var table = new Table("Invariants", "What it would mean", "Found");
    findings.stream()
        .sorted((a, b) -> Boolean.compare(a.things().isEmpty(), b.things().isEmpty()))
        .forEach(finding ->
            table.row(
                new Span(finding.sentence()),
                finding.things().isEmpty() ? new Span("nothing") : things(finding)));
    return table;
  }

  private static Details things(Finding finding) {
    var list = new UnorderedList();
    finding.things().stream().limit(MOST_SHOWN).map(ListItem::new).forEach(list::add);
    int more = finding.things().size() - MOST_SHOWN;
    if (more > 0) list.add(new ListItem("and " + Words.count(more) + " more"));
    return new Details(Words.count(finding.things().size(), "thing", "things"), list);
  }
}
