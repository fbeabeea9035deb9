package io.espalier.web.budget.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.AttachmentType;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.QueryParameters;
import com.vaadin.flow.router.Route;
import io.espalier.domain.budget.Amount;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.JobStatement;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.budget.TeamEntry;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Meter;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.StateBadge;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.live.Live;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One team's budget. Which team, and whether by job, by entry or the rates, is in the address. */
@Route("budget")
@PageTitle("Budget · Espalier")
@PermitAll
final class BudgetView extends Div implements BeforeEnterObserver {

  private static final String ENTRIES = "entries";
  private static final String RATES = "rates";
  private static final int MOST_TEAMS = 100;

  private static final Duration DISTANCE = Duration.ofSeconds(2);

  private final CurrentUser user;
  private final Teams teams;
  private final Budgets budgets;
  private final Rates rates;
  private final Div balance = new Div();
  private @Nullable ShownTeam shown;
  private @Nullable CursorGrid<?> grid;

  BudgetView(CurrentUser user, Teams teams, Budgets budgets, Rates rates, Changes changes) {
    this.user = user;
    this.teams = teams;
    this.budgets = budgets;
    this.rates = rates;
    addClassNames("page", "list-page");
    Live.keep(this, wake -> changes.onAnyJob(_ -> wake.run()), DISTANCE, this::refresh);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    removeAll();
    var who = user.principal();
    var mine = shown(who);
    if (mine.isEmpty()) {
      add(new Div(new H1("Budget")), noTeam(who));
      return;
    }
    var query = event.getLocation().getQueryParameters();
    var asked = query.getSingleParameter("team").orElse("");
    var team = find(mine, asked).orElse(mine.getFirst());
    var show = query.getSingleParameter("show").orElse("");
    shown = team;
    grid = null;
    add(header(mine, team, show), balance, filters(team, show));
    add(
        switch (show) {
          case ENTRIES -> entries(team);
          case RATES -> new RateTable(rates, user);
          default -> statement(team);
        });
    showBalance();
  }

  /** One's own teams; for admins the others after them. */
  private List<ShownTeam> shown(Principal who) {
    var shown = new ArrayList<ShownTeam>();
    for (var team : teams.of(who)) shown.add(new ShownTeam(team.id(), team.name(), team.role()));
    if (!who.platformAdmin()) return shown;
    for (var team : teams.page(who, "", PageRequest.first(MOST_TEAMS)).items()) {
      if (team.role() == null) shown.add(new ShownTeam(team.id(), team.name(), null));
    }
    return shown;
  }

  private static Component noTeam(Principal who) {
    return who.platformAdmin()
        ? new EmptyState(
            "There is no team yet",
            "A budget belongs to a team. Create one on the page of teams.",
            LinkButton.primary("admin/teams", "Teams"))
        : new EmptyState(
            "You are in no team yet",
            "A budget belongs to a team. A platform admin can add you to one.");
  }

  private static Optional<ShownTeam> find(List<ShownTeam> teams, String id) {
    return teams.stream().filter(team -> team.id().toString().equals(id)).findFirst();
  }

  private Component header(List<ShownTeam> mine, ShownTeam team, String show) {
    var select = new Select<ShownTeam>();
    select.setAriaLabel("Team");
    select.setItems(mine);
    select.setItemLabelGenerator(ShownTeam::name);
    select.setValue(team);
    select.setVisible(mine.size() > 1);
    select.addValueChangeListener(
        change -> getUI().ifPresent(ui -> ui.navigate("budget", query(change.getValue(), show))));
    var name = Cell.tag(team.name());
    name.setVisible(mine.size() == 1);
    var csv =
        new Anchor(
            StatementCsv.of(team, budgets, user), AttachmentType.DOWNLOAD, "Download as CSV");
    csv.addClassName("link-button");
    var orders = new BudgetOrders(team, mine, budgets, user, this::refresh);
    var header = new Div(new H1("Budget"), name, select, csv, orders);
    header.addClassName("page-header");
    return header;
  }

  private static QueryParameters query(ShownTeam team, String show) {
    var parameters = new HashMap<String, String>(Map.of("team", team.id().toString()));
    if (!show.isEmpty()) parameters.put("show", show);
    return QueryParameters.simple(parameters);
  }

  private static Component filters(ShownTeam team, String show) {
    var filters = new Nav();
    for (var choice :
        List.of(List.of("", "By job"), List.of(ENTRIES, "Every entry"), List.of(RATES, "Rates"))) {
      var address = "budget?team=" + team.id();
      if (!choice.getFirst().isEmpty()) address += "&show=" + choice.getFirst();
      var link = new Anchor(address, choice.getLast());
      if (choice.getFirst().equals(show)) link.getElement().setAttribute("aria-current", "page");
      filters.add(link);
    }
    filters.addClassName("filters");
    filters.getElement().setAttribute("aria-label", "What to list");
    return filters;
  }

  private void refresh() {
    showBalance();
    if (grid != null) grid.refresh();
  }

  private void showBalance() {
    if (shown == null) return;
    var who = user.principal();
    balance.removeAll();
    balance.add(
        new BudgetPanel(
            budgets.ofTeam(who, shown.id()), budgets.spending(who, shown.id()), Instant.now()));
  }

  private Component statement(ShownTeam team) {
    var jobs = new CursorGrid<JobStatement>("Statement by job");
    jobs.addComponentColumn(job -> Cell.link("jobs/" + job.job(), job.name(), job.owner()))
        .setHeader("Job")
        .setFlexGrow(3)
        .setWidth("9rem");
    jobs.addComponentColumn(
            job -> new Cell(new StateBadge(job.state(), job.pauseReason(), job.failureReason())))
        .setKey("state")
        .setHeader("State")
        .setFlexGrow(1)
        .setWidth("10rem");
    jobs.addComponentColumn(job -> Table.number(job.held().toString()))
        .setKey("held")
        .setHeader("Held")
        .setFlexGrow(0)
        .setWidth("8rem");
    jobs.addComponentColumn(BudgetView::spent)
        .setKey("spent")
        .setHeader("Spent")
        .setFlexGrow(1)
        .setWidth("9rem");
    jobs.addComponentColumn(job -> Cell.age(job.submittedAt()))
        .setKey("age")
        .setHeader("Submitted")
        .setFlexGrow(0)
        .setWidth("8rem");
    Narrow.hide(jobs, "state", "held", "age");
    jobs.show(
        page -> budgets.statement(user.principal(), team.id(), page),
        JobStatement::job,
        new EmptyState(
            "No job yet",
            "What each job holds and spends will stand here.",
            LinkButton.primary("new", "New fine-tune")));
    grid = jobs;
    return jobs;
  }

  private Component entries(ShownTeam team) {
    var entries = new CursorGrid<TeamEntry>("Entries of the ledger");
    entries
        .addComponentColumn(entry -> Cell.tag(Words.lower(entry.kind())))
        .setHeader("Entry")
        .setFlexGrow(0)
        .setWidth("6rem");
    entries
        .addComponentColumn(
            entry -> Table.number(new Amount(entry.amount(), entry.money()).toString()))
        .setHeader("Amount")
        .setFlexGrow(0)
        .setWidth("8rem");
    entries.addComponentColumn(BudgetView::cause).setHeader("Why").setFlexGrow(2).setWidth("10rem");
    entries
        .addComponentColumn(entry -> Cell.age(entry.at()))
        .setKey("age")
        .setHeader("When")
        .setFlexGrow(0)
        .setWidth("8rem");
    Narrow.hide(entries, "age");
    entries.show(
        page -> budgets.entries(user.principal(), team.id(), page),
        TeamEntry::id,
        new EmptyState(
            "The budget is empty",
            "An owner of the team or a platform admin can add to it. Every credit, hold and"
                + " settlement will stand here."));
    grid = entries;
    return entries;
  }

  private static Component spent(JobStatement job) {
    double cap = Math.max(1, job.cap().millis());
    return new Cell(
        Table.number(new Amount(job.spent(), job.moneySpent()).toString()),
        new Meter("%s spent and %s held of %s".formatted(job.spent(), job.held(), job.cap()))
            .part("spent", job.spent().millis() / cap)
            .part("held", job.held().millis() / cap));
  }

  private static Component cause(TeamEntry entry) {
    return entry.job() == null || entry.jobName() == null
        ? new Span(entry.reason())
        : Cell.link("jobs/" + entry.job(), entry.jobName(), entry.reason());
  }
}
