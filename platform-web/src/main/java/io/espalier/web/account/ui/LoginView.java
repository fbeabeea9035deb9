package io.espalier.web.account.ui;

import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.login.LoginForm;
import com.vaadin.flow.component.login.LoginI18n;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.auth.AnonymousAllowed;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.web.security.CurrentUser;

@Route(value = "login", autoLayout = false)
@PageTitle("Sign in · Espalier")
@AnonymousAllowed
final class LoginView extends Main implements BeforeEnterObserver {

  private final Accounts accounts;
  private final CurrentUser user;
  private final LoginForm form = new LoginForm();

  LoginView(Accounts accounts, CurrentUser user) {
    this.accounts = accounts;
    this.user = user;
    addClassName("sign-in");
    form.setAction("login");
    form.setForgotPasswordButtonVisible(false);
    form.setI18n(texts("Login or password is wrong.", "Check both and try again."));
    var mark = new Image("icons/espalier.svg", "");
    mark.setWidth("48px");
    add(
        mark,
        new H1("Espalier"),
        new Paragraph("Fine-tuning on your own GPUs, with the choice explained."),
        form);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    if (user.session().isPresent()) {
      event.forwardTo("");
      return;
    }
    if (accounts.awaitsFirstAdmin()) {
      event.forwardTo(SetupView.class);
      return;
    }
    var query = event.getLocation().getQueryParameters();
    form.setError(query.getParameters().containsKey("error"));
    query
        .getSingleParameter("wait")
        .filter(seconds -> seconds.matches("\\d{1,4}"))
        .ifPresent(seconds ->
            form.setI18n(
                texts("There were too many wrong attempts.", "Try again in " + seconds + " s.")));
  }

  private static LoginI18n texts(String error, String wayOut) {
    var texts = LoginI18n.createDefault();
    texts.getForm().setTitle("Sign in");
    texts.getForm().setUsername("Login");
    texts.getForm().setSubmit("Sign in");
    texts.getErrorMessage().setTitle(error);
    texts.getErrorMessage().setMessage(wayOut);
    return texts;
  }
}
