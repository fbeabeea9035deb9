package io.espalier.web.teams.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.TeamView;
import io.espalier.orchestrator.account.Teams;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.Meter;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Search;
import io.espalier.web.teams.TeamDialog;
import jakarta.annotation.security.PermitAll;

/** My teams; all teams for a platform admin. */
@Route("admin/teams")
@PageTitle("Teams · Espalier")
@PermitAll
final class TeamsView extends Div implements BeforeEnterObserver {

  private final CurrentUser user;
  private final Teams teams;
  private final Search search = new Search("admin/teams", "Find teams by name");
  private final CursorGrid<TeamView> grid = new CursorGrid<>("Teams");

  TeamsView(CurrentUser user, Teams teams) {
    this.user = user;
    this.teams = teams;
    addClassNames("page", "list-page");
    var header = new Div(new H1("Teams"));
    header.addClassName("page-header");
    if (user.principal().platformAdmin()) {
      var create = new Button("Create a team");
      create.addThemeVariants(ButtonVariant.PRIMARY);
      create.addClickListener(_ -> TeamDialog.of(teams, user, grid::refresh).open());
      header.add(create);
    }
    defineGrid();
    add(header, search, grid);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var part = search.read(event);
    grid.show(
        page -> teams.page(user.principal(), part, page),
        TeamView::id,
        part.isEmpty() ? none(user.principal()) : new Span("No team has this in its name."));
  }

  private static Component none(Principal who) {
    return who.platformAdmin()
        ? new EmptyState(
            "There is no team yet",
            "A team owns datasets, jobs and a budget. Create one and add its members.")
        : new EmptyState(
            "You are in no team yet",
            "A team owns datasets, jobs and a budget. A platform admin can add you to one.");
  }

  private void defineGrid() {
    grid.addComponentColumn(
            team -> Cell.link("admin/teams/" + team.id(), team.name(), yourRole(team)))
        .setHeader("Team")
        .setFlexGrow(2)
        .setWidth("9rem");
    grid.addComponentColumn(team -> Table.number(Words.count(team.members())))
        .setKey("members")
        .setHeader("Members")
        .setFlexGrow(0)
        .setWidth("7rem");
    grid.addComponentColumn(TeamsView::budget).setHeader("Budget").setFlexGrow(2).setWidth("9rem");
    grid.addComponentColumn(team -> Cell.age(team.createdAt()))
        .setKey("age")
        .setHeader("Created")
        .setFlexGrow(0)
        .setWidth("8rem");
    Narrow.hide(grid, "members", "age");
  }

  private static String yourRole(TeamView team) {
    return team.role() == null ? "You are no member" : "You are " + Words.lower(team.role());
  }

  private static Component budget(TeamView team) {
    double whole = Math.max(1, team.funded().millis());
    return new Cell(
        Table.number(team.free() + " free"),
        new Meter("%s spent and %s held of %s".formatted(team.spent(), team.held(), team.funded()))
            .part("spent", team.spent().millis() / whole)
            .part("held", team.held().millis() / whole));
  }
}
