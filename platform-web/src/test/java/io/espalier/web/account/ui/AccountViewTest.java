package io.espalier.web.account.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.textfield.PasswordField;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.SignIn;
import io.espalier.orchestrator.account.Tokens;
import io.espalier.web.Admin;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsInvited;
import io.espalier.web.SignedInAsSomebody;
import io.espalier.web.security.CurrentUser;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class AccountViewTest extends SpringBrowserlessTest {

  private static final String NEXT = "a brand new passphrase";

  @Autowired private ApplicationContext platform;
  @Autowired private Accounts accounts;
  @Autowired private Tokens tokens;
  @Autowired private CurrentUser user;

  @Test
  void teamsAndRolesAreShown() {
    var orchard = new Orchard(platform, 0);

    navigate(AccountView.class);

    assertThat(text()).contains("Grace Example", orchard.team().name(), "member", "You have none.");
  }

  @Test
  void aTokenIsShownOnceListedAndRevoked() {
    navigate(AccountView.class);

    test(find(Button.class).withText("Create a token").single()).click();
    test(find(TextField.class).withLabel("Name").single()).setValue("nightly script");
    test(find(Button.class).withText("Create").single()).click();
    var token = find(Code.class).single().getText();
    test(find(Button.class).withText("I have it").single()).click();

    assertThat(tokens.principal(token)).map(one -> one.login()).contains(login());
    assertThat(text()).contains("nightly script").doesNotContain(token);

    test(find(Button.class).withText("Revoke").single()).click();
    assertThat(tokens.principal(token)).isEmpty();
    assertThat(text()).contains("revoked");
  }

  @Test
  void thePasswordIsChangedByWhoKnowsIt() {
    var login = login();
    navigate(AccountView.class);

    change("not the password", NEXT, NEXT);
    assertThat(text()).contains("The current password is not right.");
    change(Admin.PASSWORD, NEXT, NEXT + "!");
    assertThat(text()).contains("The two passwords are not the same.");
    change(Admin.PASSWORD, NEXT, NEXT);

    assertThat(accounts.signIn(login, NEXT, login)).isInstanceOf(SignIn.Accepted.class);
  }

  @Test
  @SignedInAsInvited
  void whoWasInvitedChoosesAPasswordBeforeAnythingElse() {
    UI.getCurrent().navigate("jobs");

    assertThat(getCurrentView()).isInstanceOf(AccountView.class);
    assertThat(text()).contains("Choose your password").doesNotContain("API tokens");
  }

  private void change(String current, String next, String again) {
    test(find(PasswordField.class).withLabel("Current password").single()).setValue(current);
    test(find(PasswordField.class).withLabel("New password").single()).setValue(next);
    test(find(PasswordField.class).withLabel("New password again").single()).setValue(again);
    test(find(Button.class).withText("Change password").single()).click();
  }

  private String login() {
    return user.principal().login();
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }
}
