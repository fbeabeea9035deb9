package io.espalier.web.account.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.Autocomplete;
import com.vaadin.flow.component.textfield.PasswordField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.VaadinRequest;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.SignedIn;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Tokens;
import io.espalier.web.element.Cell;
import io.espalier.web.element.ShownOnce;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import io.espalier.web.shell.Message;
import jakarta.annotation.security.PermitAll;
import java.time.Duration;
import java.time.Instant;

/**
 * The password, the teams and the API tokens of the one who is signed in. Who was invited chooses a
 * password here, and sees nothing else until then.
 */
@Route("account")
@PageTitle("Your account · Espalier")
@PermitAll
final class AccountView extends Div {

  private static final int USUAL_DAYS = 90;

  private final CurrentUser user;
  private final Accounts accounts;
  private final Tokens tokens;
  private final Section tokenCard = new Section();

  AccountView(CurrentUser user, Accounts accounts, Teams teams, Tokens tokens) {
    this.user = user;
    this.accounts = accounts;
    this.tokens = tokens;
    addClassName("page");
    var header = new Div(new H1("Your account"));
    header.addClassName("page-header");
    add(header);
    boolean invited = user.session().map(SignedIn::mustChoosePassword).orElse(false);
    if (invited) {
      add(
          password(
              "Choose your password",
              "The one that you signed in with was made by an admin. Replace it to go on."));
      return;
    }
    tokenCard.addClassName("card");
    add(
        mine(teams),
        tokenCard,
        password(
            "Change your password",
            "All your sessions and API tokens end, and you sign in again."));
    showTokens();
  }

  private Component mine(Teams teams) {
    var who = user.principal();
    var card = new Section(new H2("%s (%s)".formatted(who.name(), who.login())));
    card.addClassName("card");
    if (who.platformAdmin()) card.add(new Paragraph("You are a platform admin."));
    var mine = teams.of(who);
    if (mine.isEmpty()) {
      card.add(Cell.quiet("You are in no team. A platform admin can add you to one."));
    } else {
      var table = new Table("Your teams", "Team", "Your role");
      for (var team : mine) {
        table.row(
            new Anchor("admin/teams/" + team.id(), team.name()),
            new Span(Words.lower(team.role())));
      }
      card.add(table);
    }
    return card;
  }

  // ── The password ──────────────────────────────────────────────────────────────────────────────

  private Component password(String title, String why) {
    var current = new PasswordField("Current password");
    current.setAutocomplete(Autocomplete.CURRENT_PASSWORD);
    var next = new PasswordField("New password");
    next.setHelperText("At least 15 characters: a sentence of a few words");
    next.setAutocomplete(Autocomplete.NEW_PASSWORD);
    var again = new PasswordField("New password again");
    again.setAutocomplete(Autocomplete.NEW_PASSWORD);
    var refusal = new Div();
    var change = new Button("Change password");
    change.addClickListener(_ -> {
      refusal.removeAll();
      try {
        requireSame(next.getValue(), again.getValue());
        accounts.changePassword(
            user.principal(),
            current.getValue(),
            next.getValue(),
            VaadinRequest.getCurrent().getRemoteAddr());
        getUI().ifPresent(ui -> ui.getPage().setLocation("login"));
      } catch (Refused refused) {
        refusal.add(Message.of(refused.problem()));
      }
    });
    var form = new Div(current, next, again, refusal, change);
    form.addClassNames("form", "narrow-form");
    var card = new Section(new H2(title), Cell.quiet(why), form);
    card.addClassName("card");
    return card;
  }

  private static void requireSame(String password, String again) {
    if (password.equals(again)) return;
    throw new Refused(
        Problem.of(
            "passwords-differ",
            Category.INVALID,
            "password",
            "The two passwords are not the same.",
            "Type both again."));
  }

  // ── API tokens ────────────────────────────────────────────────────────────────────────────────

  private void showTokens() {
    tokenCard.removeAll();
    var create = new Button("Create a token", _ -> createToken());
    create.addThemeVariants(ButtonVariant.PRIMARY);
    var header = new Div(new H2("API tokens"), create);
    header.addClassName("card-header");
    tokenCard.add(
        header,
        Cell.quiet("A program that sends one speaks for you, in all your teams, over REST."));
    var mine = tokens.list(user.principal());
    if (mine.isEmpty()) {
      tokenCard.add(Cell.quiet("You have none."));
      return;
    }
    var table = new Table("Your API tokens", "Token", "Created", "Last used", "Expires", "");
    var now = Instant.now();
    for (var token : mine) {
      boolean valid = token.revokedAt() == null && token.expiresAt().isAfter(now);
      table.row(
          Cell.of(token.name(), "esp_" + token.id() + "_…"),
          Cell.age(token.createdAt()),
          token.lastUsedAt() == null ? new Span("never") : Cell.age(token.lastUsedAt()),
          expiry(token, now),
          valid ? revoke(token) : new Span());
    }
    tokenCard.add(table);
  }

  private static Component expiry(Tokens.View token, Instant now) {
    if (token.revokedAt() != null) return Cell.tag("revoked");
    if (!token.expiresAt().isAfter(now)) return Cell.tag("expired");
    var left = new Span("in " + Words.span(Duration.between(now, token.expiresAt())));
    left.setTitle(token.expiresAt().toString());
    return left;
  }

  private Component revoke(Tokens.View token) {
    var button = new Button("Revoke");
    button.addThemeVariants(ButtonVariant.TERTIARY, ButtonVariant.ERROR);
    button.setAriaLabel("Revoke " + token.name());
    button.addClickListener(_ -> {
      tokens.revoke(user.principal(), token.id());
      showTokens();
    });
    return button;
  }

  private void createToken() {
    var name = new TextField("Name");
    name.setWidthFull();
    name.setHelperText("The program that will use it");
    name.setAutofocus(true);
    var days = new Select<Integer>();
    days.setLabel("Expires");
    days.setItems(1, 30, USUAL_DAYS, 365);
    days.setItemLabelGenerator(count -> "in " + Words.count(count, "day", "days"));
    days.setValue(USUAL_DAYS);
    days.setWidthFull();
    new FormDialog(
            "Create an API token",
            "Create",
            () -> {
              var created =
                  tokens.create(
                      user.principal(), name.getValue(), Duration.ofDays(days.getValue()));
              ShownOnce.dialog(
                      "Your new token",
                      "Send it as: Authorization: Bearer TOKEN",
                      created.token(),
                      "It is not shown again. Who has it can do what you can.")
                  .open();
              showTokens();
            },
            name,
            days)
        .open();
  }
}
