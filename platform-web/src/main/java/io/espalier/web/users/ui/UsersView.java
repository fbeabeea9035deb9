package io.espalier.web.users.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.menubar.MenuBar;
import com.vaadin.flow.component.menubar.MenuBarVariant;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Invitation;
import io.espalier.orchestrator.account.User;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.ShownOnce;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import io.espalier.web.shell.Search;
import jakarta.annotation.security.RolesAllowed;

/** Who may sign in. Each row has a menu of what can be done with its user. */
@Route("admin/users")
@PageTitle("Users · Espalier")
@RolesAllowed("ADMIN")
final class UsersView extends Div implements BeforeEnterObserver {

  private final CurrentUser user;
  private final Accounts accounts;
  private final Search search = new Search("admin/users", "Find users by login or name");
  private final CursorGrid<User> grid = new CursorGrid<>("Users");

  UsersView(CurrentUser user, Accounts accounts) {
    this.user = user;
    this.accounts = accounts;
    addClassNames("page", "list-page");
    var invite = new Button("Invite a user", _ -> invite());
    invite.addThemeVariants(ButtonVariant.PRIMARY);
    var header = new Div(new H1("Users"), invite);
    header.addClassName("page-header");
    defineGrid();
    add(header, search, grid);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var part = search.read(event);
    grid.show(
        page -> accounts.users(user.principal(), part, page),
        User::id,
        new Span("Nobody has this in login or name."));
  }

  private void defineGrid() {
    grid.addComponentColumn(one -> Cell.of(one.name(), one.login()))
        .setHeader("User")
        .setFlexGrow(2)
        .setWidth("9rem");
    grid.addComponentColumn(UsersView::state).setHeader("State").setFlexGrow(0).setWidth("9rem");
    grid.addComponentColumn(one -> new Cell(new Span(String.join(", ", one.teams()))))
        .setKey("teams")
        .setHeader("Teams")
        .setFlexGrow(2)
        .setWidth("10rem");
    grid.addComponentColumn(one -> Cell.age(one.createdAt()))
        .setKey("age")
        .setHeader("Created")
        .setFlexGrow(0)
        .setWidth("8rem");
    grid.addComponentColumn(this::actions).setHeader("").setFlexGrow(0).setWidth("4.5rem");
    Narrow.hide(grid, "teams", "age");
  }

  private static Component state(User one) {
    var state = new Cell();
    if (one.disabled()) {
      state.add(Cell.tag("disabled"));
    } else if (one.invited()) {
      var tag = Cell.tag("invited");
      tag.setTitle("Has not chosen a password yet");
      state.add(tag);
    } else {
      state.add(new Span("active"));
    }
    if (one.platformAdmin()) state.add(Cell.tag("platform admin"));
    return state;
  }

  private Component actions(User one) {
    var menu = new MenuBar();
    menu.addThemeVariants(MenuBarVariant.LUMO_TERTIARY_INLINE, MenuBarVariant.LUMO_ICON);
    var more = menu.addItem(VaadinIcon.ELLIPSIS_DOTS_V.create());
    more.setAriaLabel("What to do with " + one.login());
    var entries = more.getSubMenu();
    entries.addItem("New one-time password", _ -> inviteAgain(one));
    if (one.platformAdmin()) {
      entries.addItem("Make no platform admin", _ -> setAdmin(one, false));
    } else {
      entries.addItem("Make platform admin", _ -> setAdmin(one, true));
    }
    if (one.disabled()) {
      entries.addItem("Enable", _ -> setDisabled(one, false));
    } else {
      entries.addItem("Disable", _ -> disable(one));
    }
    return menu;
  }

  private void invite() {
    var login = new TextField("Login");
    login.setWidthFull();
    login.setHelperText("Letters, digits and . _ - @");
    login.setAutofocus(true);
    var name = new TextField("Name");
    name.setWidthFull();
    name.setHelperText("As others should see it");
    new FormDialog(
            "Invite a user",
            "Invite",
            () -> handOver(accounts.invite(user.principal(), login.getValue(), name.getValue())),
            login,
            name)
        .open();
  }

  private void inviteAgain(User one) {
    ask(
        "A new one-time password for " + one.login() + "?",
        "The present password, all sessions and all API tokens of this user end at once.",
        "Make a new password",
        () -> handOver(accounts.inviteAgain(user.principal(), one.id())));
  }

  private void handOver(Invitation invitation) {
    ShownOnce.dialog(
            "A password for " + invitation.login(),
            "Hand this to the user, who signs in with it and then chooses another one:",
            invitation.password(),
            "It is good for that and nothing else, and is not shown again.")
        .open();
    grid.refresh();
  }

  private void setAdmin(User one, boolean admin) {
    accounts.setPlatformAdmin(user.principal(), one.id(), admin);
    grid.refresh();
  }

  private void disable(User one) {
    ask(
        "Disable " + one.login() + "?",
        "Sessions and API tokens of this user stop working at once. What the user has made stays.",
        "Disable",
        () -> setDisabled(one, true));
  }

  private void setDisabled(User one, boolean disabled) {
    accounts.setDisabled(user.principal(), one.id(), disabled);
    grid.refresh();
  }

  private static void ask(String title, String text, String verb, Runnable deed) {
    var question = new ConfirmDialog();
    question.setHeader(title);
    question.setText(text);
    question.setCancelable(true);
    question.setConfirmText(verb);
    question.setConfirmButtonTheme("error primary");
    question.addConfirmListener(_ -> deed.run());
    question.open();
  }
}
