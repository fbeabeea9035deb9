package io.espalier.web.users.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.menubar.MenuBar;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.SignIn;
import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import io.espalier.web.SignedInAsSomebody;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsAdmin
class UsersViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Accounts accounts;

  @Test
  void whoIsInvitedGetsAPasswordThatIsShownOnce() {
    var login = "new-" + UUID.randomUUID();
    navigate(UsersView.class);

    test(find(Button.class).withText("Invite a user").single()).click();
    test(find(TextField.class).withLabel("Login").single()).setValue(login);
    test(find(TextField.class).withLabel("Name").single()).setValue("Newcomer");
    test(find(Button.class).withText("Invite").single()).click();

    var password = find(Code.class).single().getText();
    var answer = (SignIn.Accepted) accounts.signIn(login, password, login);
    assertThat(answer.who().mustChoosePassword()).isTrue();
    test(find(Button.class).withText("I have it").single()).click();
    look(login);
    assertThat(cell(0, 0)).contains("Newcomer", login);
    assertThat(cell(0, 1)).contains("invited");
  }

  @Test
  void whatTheServiceRefusesIsSaidInTheDialog() {
    navigate(UsersView.class);

    test(find(Button.class).withText("Invite a user").single()).click();
    test(find(TextField.class).withLabel("Login").single()).setValue(Admin.LOGIN);
    test(find(TextField.class).withLabel("Name").single()).setValue("Another Ann");
    test(find(Button.class).withText("Invite").single()).click();

    assertThat(find(io.espalier.web.shell.Message.class).single().getElement().getTextRecursively())
        .contains("Somebody has this login already.", "Choose another one.");
  }

  @Test
  void aUserIsDisabledAfterAQuestionAndEnabledAgain() {
    var login = "off-" + UUID.randomUUID();
    accounts.invite(Admin.principal(platform), login, "Off and on");
    look(login);

    act("Disable");
    test(find(ConfirmDialog.class).single()).confirm();
    assertThat(cell(0, 1)).contains("disabled");

    act("Enable");
    assertThat(cell(0, 1)).contains("invited");
  }

  @Test
  @SignedInAsSomebody
  void thePageIsNotOpenToOthers() {
    UI.getCurrent().navigate("admin/users");

    assertThat(((Component) getCurrentView()).getElement().getTextRecursively())
        .doesNotContain("Invite a user");
    assertThat(find(Grid.class).exists()).isFalse();
  }

  private void look(String login) {
    UI.getCurrent().navigate("admin/users", QueryParameters.of("name", login));
  }

  private void act(String entry) {
    var menu = (MenuBar) test(grid()).getCellComponent(0, 4);
    var item =
        menu.getItems().getFirst().getSubMenu().getItems().stream()
            .filter(one -> one.getText().equals(entry))
            .findFirst()
            .orElseThrow();
    com.vaadin.flow.component.ComponentUtil.fireEvent(
        item, new com.vaadin.flow.component.ClickEvent<>(item));
  }

  private String cell(int row, int column) {
    return test(grid()).getCellComponent(row, column).getElement().getTextRecursively();
  }

  private Grid<?> grid() {
    return find(Grid.class).single();
  }
}
