package io.espalier.web.teams.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.TeamView;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Teams.Member;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.schedule.Quotas;
import io.espalier.web.budget.CreditDialog;
import io.espalier.web.element.BudgetMeter;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import jakarta.annotation.security.PermitAll;
import java.util.UUID;

/** One team: its members with their roles, which owners and platform admins may change. */
@Route("admin/teams/:team")
@PermitAll
final class MembersView extends Div implements BeforeEnterObserver, HasDynamicTitle {

  private final CurrentUser user;
  private final Teams teams;
  private final Budgets budgets;
  private final Quotas quotas;
  private String title = "Team · Espalier";

  MembersView(CurrentUser user, Teams teams, Budgets budgets, Quotas quotas) {
    this.user = user;
    this.teams = teams;
    this.budgets = budgets;
    this.quotas = quotas;
    addClassNames("page", "list-page");
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    show(parse(event.getRouteParameters().get("team").orElse("")));
  }

  @Override
  public String getPageTitle() {
    return title;
  }

  private void show(UUID id) {
    var who = user.principal();
    var team = teams.get(who, id);
    title = team.name() + " · Espalier";
    boolean mayManage = who.platformAdmin() || team.role() == Role.OWNER;
    removeAll();
    add(
        head(team, mayManage),
        balance(team),
        new QuotaPanel(team, quotas, user),
        members(team, mayManage),
        roles());
  }

  private Component head(TeamView team, boolean mayManage) {
    var trail = new Nav(new Anchor("admin/teams", "Teams"), new Span("/"));
    trail.getElement().setAttribute("aria-label", "Breadcrumb");
    trail.addClassNames("trail", "secondary");
    var header = new Div(new H1(team.name()));
    header.addClassName("page-header");
    if (mayManage) {
      var fund = new Button("Add budget");
      fund.addClickListener(_ ->
          CreditDialog.of(team.id(), team.name(), budgets, user, () -> show(team.id())).open());
      var add = new Button("Add a member", _ -> addMember(team));
      add.addThemeVariants(ButtonVariant.PRIMARY);
      header.add(fund, add);
    }
    var head = new Div(trail, header);
    head.addClassName("head");
    return head;
  }

  private static Component balance(TeamView team) {
    var card = new Div(new BudgetMeter(team.funded(), team.spent(), team.held()));
    card.addClassName("card");
    return card;
  }

  private Component members(TeamView team, boolean mayManage) {
    var grid = new Grid<Member>();
    grid.addThemeVariants(GridVariant.NO_BORDER);
    grid.setSelectionMode(Grid.SelectionMode.NONE);
    grid.setAriaLabel("Members of " + team.name());
    grid.addComponentColumn(member -> Cell.of(member.name(), member.login()))
        .setHeader("Member")
        .setFlexGrow(1)
        .setWidth("9rem");
    grid.addComponentColumn(
            member -> mayManage ? role(team, member) : new Span(Words.lower(member.role())))
        .setHeader("Role")
        .setFlexGrow(0)
        .setWidth("9rem");
    if (mayManage) {
      grid.addComponentColumn(member -> remove(team, member))
          .setHeader("")
          .setFlexGrow(0)
          .setWidth("7rem");
    }
    grid.setItems(teams.members(user.principal(), team.id()));
    return grid;
  }

  private Component role(TeamView team, Member member) {
    var select = roles("Role of " + member.login(), member.role());
    select.addValueChangeListener(change -> {
      try {
        teams.setMember(user.principal(), team.id(), member.login(), change.getValue());
      } catch (Refused refused) {
        show(team.id());
        throw refused;
      }
    });
    return select;
  }

  private static Select<Role> roles(String label, Role value) {
    var select = new Select<Role>();
    select.setAriaLabel(label);
    select.setItems(Role.values());
    select.setItemLabelGenerator(Words::lower);
    select.setValue(value);
    select.setWidthFull();
    return select;
  }

  private Component remove(TeamView team, Member member) {
    var button = new Button("Remove");
    button.addThemeVariants(ButtonVariant.TERTIARY, ButtonVariant.ERROR);
    button.setAriaLabel("Remove " + member.login());
    button.addClickListener(_ -> {
      teams.removeMember(user.principal(), team.id(), member.login());
      var who = user.principal();
      boolean stays = who.platformAdmin() || who.teams().containsKey(team.id());
      if (stays) {
        show(team.id());
      } else {
        getUI().ifPresent(ui -> ui.navigate("admin/teams"));
      }
    });
    return button;
  }

  private void addMember(TeamView team) {
    var login = new TextField("Login");
    login.setWidthFull();
    login.setHelperText("Of a user that exists; platform admins invite new ones");
    login.setAutofocus(true);
    var role = roles("Role", Role.MEMBER);
    role.setLabel("Role");
    new FormDialog(
            "Add a member to " + team.name(),
            "Add",
            () -> {
              teams.setMember(user.principal(), team.id(), login.getValue(), role.getValue());
              show(team.id());
            },
            login,
            role)
        .open();
  }

  private static Component roles() {
    var text =
        new Paragraph(
            "Viewers read. Members also register data, submit and end jobs. Owners also see to"
                + " members and budget; a team always has one.");
    text.addClassName("secondary");
    return text;
  }

  private static UUID parse(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException _) {
      throw Absent.of("team", id);
    }
  }
}
