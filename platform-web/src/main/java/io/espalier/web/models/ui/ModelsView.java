package io.espalier.web.models.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Teams.Team;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.model.BaseModel;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.orchestrator.model.Results;
import io.espalier.web.download.ZipDownload;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.upload.Uploads;
import jakarta.annotation.security.PermitAll;
import java.util.ArrayList;
import java.util.List;

/** Base models, or what jobs have made of them: which of both is in the address. */
@Route("models")
@PageTitle("Models · Espalier")
@PermitAll
final class ModelsView extends Div implements BeforeEnterObserver {

  private final CurrentUser user;
  private final Teams teams;
  private final BaseModels models;
  private final Uploads uploads;
  private final Results results;
  private final Jobs jobs;
  private final ZipDownload zips;

  ModelsView(
      CurrentUser user,
      Teams teams,
      BaseModels models,
      Uploads uploads,
      Results results,
      Jobs jobs,
      ZipDownload zips) {
    this.user = user;
    this.teams = teams;
    this.models = models;
    this.uploads = uploads;
    this.results = results;
    this.jobs = jobs;
    this.zips = zips;
    addClassNames("page", "list-page");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var shown = event.getLocation().getQueryParameters().getSingleParameter("show").orElse("");
    boolean made = shown.equals("results");
    removeAll();
    var header = new Div(new H1("Models"));
    header.addClassName("page-header");
    add(header, filters(made));
    if (made) {
      add(new ResultGrid(user, jobs, results, zips));
    } else {
      showBase();
    }
  }

  private static Component filters(boolean made) {
    var base = new Anchor("models", "Base models");
    var results = new Anchor("models?show=results", "Results of jobs");
    (made ? results : base).getElement().setAttribute("aria-current", "page");
    var filters = new Nav(base, results);
    filters.addClassName("filters");
    filters.getElement().setAttribute("aria-label", "Which models");
    return filters;
  }

  private void showBase() {
    var who = user.principal();
    var owners = owners(who);
    if (!owners.isEmpty()) add(new ImportPanel(user, models, uploads, owners));
    var all = models.list(who);
    if (all.isEmpty()) {
      add(
          new EmptyState(
              "There is no base model",
              "The platform ships with small ones, and none is here: its log says why. Members of a"
                  + " team can import one."));
    } else {
      add(grid(all, teams.of(who)));
    }
  }

  /** Whose a model can be that this user imports. */
  private List<Owner> owners(Principal who) {
    var owners = new ArrayList<Owner>();
    teams.of(who).stream()
        .filter(team -> team.role().includes(Role.MEMBER))
        .map(team -> new Owner(team.id(), team.name()))
        .forEach(owners::add);
    if (who.platformAdmin()) owners.add(Owner.EVERYBODY);
    return owners;
  }

  private static Component grid(List<BaseModel> models, List<Team> mine) {
    var grid = new CursorGrid<BaseModel>("Base models");
    grid.addComponentColumn(
            model -> Cell.link("models/" + model.id(), model.name(), whose(model, mine)))
        .setHeader("Model")
        .setFlexGrow(3)
        .setWidth("10rem");
    grid.addComponentColumn(model -> Cell.tag(model.family()))
        .setHeader("Family")
        .setFlexGrow(0)
        .setWidth("6rem");
    grid.addComponentColumn(model -> Table.number(Words.large(model.parameters())))
        .setKey("parameters")
        .setHeader("Parameters")
        .setFlexGrow(1)
        .setWidth("8rem");
    grid.addComponentColumn(model -> Table.number(Words.bytes(model.bytes())))
        .setKey("size")
        .setHeader("Size")
        .setFlexGrow(0)
        .setWidth("7rem");
    grid.addComponentColumn(model -> Cell.age(model.createdAt()))
        .setKey("age")
        .setHeader("Imported")
        .setFlexGrow(0)
        .setWidth("8rem");
    grid.addComponentColumn(model -> new LinkButton("new?model=" + model.id(), "Fine-tune"))
        .setKey("action")
        .setHeader("")
        .setFlexGrow(0)
        .setWidth("8rem");
    Narrow.hide(grid, "parameters", "size", "age", "action");
    grid.setItems(models);
    grid.setEmptyStateComponent(new Span());
    return grid;
  }

  private static String whose(BaseModel model, List<Team> mine) {
    if (model.team() == null) return "for all teams";
    return mine.stream()
        .filter(team -> team.id().equals(model.team()))
        .map(Team::name)
        .findFirst()
        .orElse("of a team");
  }
}
