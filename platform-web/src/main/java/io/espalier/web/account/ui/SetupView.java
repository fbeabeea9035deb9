package io.espalier.web.account.ui;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.notification.Notification;
import com.vaadin.flow.component.textfield.Autocomplete;
import com.vaadin.flow.component.textfield.PasswordField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.VaadinRequest;
import com.vaadin.flow.server.auth.AnonymousAllowed;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.NewUser;
import io.espalier.web.shell.Message;

/** Creates the first admin with the code from the console; gone once there is one. */
@Route(value = "setup", autoLayout = false)
@PageTitle("Set up · Espalier")
@AnonymousAllowed
final class SetupView extends Main implements BeforeEnterObserver {

  private final Accounts accounts;
  private final TextField code = new TextField("One-time code");
  private final TextField login = new TextField("Login");
  private final TextField name = new TextField("Your name");
  private final PasswordField password = new PasswordField("Password");
  private final PasswordField again = new PasswordField("Password again");
  private final Div refusal = new Div();

  SetupView(Accounts accounts) {
    this.accounts = accounts;
    addClassName("sign-in");
    code.setHelperText("Printed on the console of the platform when it started");
    code.setAutocomplete(Autocomplete.OFF);
    login.setAutocomplete(Autocomplete.USERNAME);
    password.setHelperText("At least 15 characters: a sentence of a few words");
    password.setAutocomplete(Autocomplete.NEW_PASSWORD);
    again.setAutocomplete(Autocomplete.NEW_PASSWORD);
    var create = new Button("Create the first admin", _ -> create());
    create.addThemeVariants(ButtonVariant.LUMO_PRIMARY);
    create.addClickShortcut(Key.ENTER);
    var form = new Div(code, login, name, password, again, refusal, create);
    form.addClassName("form");
    var mark = new Image("icons/espalier.svg", "");
    mark.setWidth("48px");
    add(
        mark,
        new H1("Welcome to Espalier"),
        new Paragraph("This platform is new. Create the user who administers it."),
        form);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    if (!accounts.awaitsFirstAdmin()) event.forwardTo(LoginView.class);
  }

  private void create() {
    refusal.removeAll();
    try {
      if (!password.getValue().equals(again.getValue())) {
        throw new Refused(
            Problem.of(
                "passwords-differ",
                Category.INVALID,
                "password",
                "The two passwords are not the same.",
                "Type both again."));
      }
      var user = new NewUser(login.getValue(), name.getValue(), password.getValue());
      accounts.setUp(code.getValue(), user, VaadinRequest.getCurrent().getRemoteAddr());
    } catch (Refused refused) {
      refusal.add(Message.of(refused.problem()));
      return;
    }
    Notification.show("The admin is created. Sign in.");
    getUI().ifPresent(ui -> ui.navigate(LoginView.class));
  }
}
