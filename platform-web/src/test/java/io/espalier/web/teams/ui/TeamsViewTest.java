package io.espalier.web.teams.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.Teams;
import io.espalier.web.Admin;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import io.espalier.web.SignedInAsSomebody;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class TeamsViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Teams teams;

  @Test
  void whoIsInNoTeamIsToldWhoCanHelp() {
    navigate(TeamsView.class);

    assertThat(test(grid()).size()).isZero();
    assertThat(grid().getEmptyStateComponent().getElement().getTextRecursively())
        .contains("You are in no team yet", "A platform admin can add you to one.");
    assertThat(find(Button.class).withText("Create a team").exists()).isFalse();
  }

  @Test
  void aMemberSeesTheTeamAndItsMembersAndChangesNothing() {
    var orchard = new Orchard(platform, 3);
    navigate(TeamsView.class);
    assertThat(test(grid()).size()).isEqualTo(1);
    assertThat(cell(0, 0)).contains(orchard.team().name(), "You are member");

    open(orchard);

    assertThat(text()).contains(orchard.team().name(), "3.00 GPU-h");
    assertThat(test(grid()).size()).isEqualTo(2);
    assertThat(find(Button.class).withText("Add a member").exists()).isFalse();
    assertThat(find(Select.class).exists()).isFalse();
  }

  @Test
  void anOwnerAddsAMemberChangesTheRoleAndRemoves() {
    var orchard = new Orchard(platform, 0);
    teams.setMember(
        Admin.principal(platform), orchard.team().id(), orchard.user().login(), Role.OWNER);
    teams.removeMember(Admin.principal(platform), orchard.team().id(), Admin.LOGIN);
    open(orchard);
    assertThat(test(grid()).size()).isEqualTo(1);

    test(find(Button.class).withText("Add a member").single()).click();
    test(find(TextField.class).withLabel("Login").single()).setValue(Admin.LOGIN);
    test(find(Button.class).withText("Add").single()).click();
    assertThat(role(orchard, Admin.LOGIN)).isEqualTo(Role.MEMBER);

    roleOf(Admin.LOGIN).setValue(Role.VIEWER);
    assertThat(role(orchard, Admin.LOGIN)).isEqualTo(Role.VIEWER);

    test((Button) test(grid()).getCellComponent(rowOf(Admin.LOGIN), 2)).click();
    assertThat(test(grid()).size()).isEqualTo(1);
  }

  @Test
  @SignedInAsAdmin
  void anAdminFindsATeamOfOthers() {
    var orchard = new Orchard(platform, 0);

    UI.getCurrent().navigate("admin/teams", QueryParameters.of("name", orchard.team().name()));

    assertThat(test(grid()).size()).isEqualTo(1);
    assertThat(cell(0, 0)).contains(orchard.team().name());
    assertThat(find(Button.class).withText("Create a team").exists()).isTrue();
  }

  @Test
  @SignedInAsAdmin
  void anAdminChangesTheShareOfATeam() {
    var orchard = new Orchard(platform, 0);
    try (var _ = orchard.agent()) {
      open(orchard);
      assertThat(text()).contains("Share of the cluster");

      test(find(Button.class).withText("Change share of cpu").single()).click();
      find(IntegerField.class).withLabel("Ceiling").single().setValue(3);
      test(find(Button.class).withText("Save").single()).click();

      assertThat(text()).contains("cpu: 0 guaranteed, at most 3 slots");
    }
  }

  @Test
  void aTeamOfOthersLooksAbsent() {
    var admin = Admin.principal(platform);
    var foreign = teams.create(admin, "Foreign " + java.util.UUID.randomUUID());

    UI.getCurrent().navigate("admin/teams/" + foreign.id());

    assertThat(text()).contains("There is no such team").doesNotContain(foreign.name());
  }

  private void open(Orchard orchard) {
    UI.getCurrent().navigate("admin/teams/" + orchard.team().id());
  }

  private Role role(Orchard orchard, String login) {
    return teams.members(Admin.principal(platform), orchard.team().id()).stream()
        .filter(member -> member.login().equals(login))
        .findFirst()
        .orElseThrow()
        .role();
  }

  @SuppressWarnings("unchecked")
  private Select<Role> roleOf(String login) {
    return (Select<Role>) test(grid()).getCellComponent(rowOf(login), 1);
  }

  private int rowOf(String login) {
    for (int row = 0; row < test(grid()).size(); row++) {
      if (cell(row, 0).contains(login)) return row;
    }
    throw new AssertionError("No row for " + login);
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }

  private String cell(int row, int column) {
    return test(grid()).getCellComponent(row, column).getElement().getTextRecursively();
  }

  private Grid<?> grid() {
    return find(Grid.class).single();
  }
}
