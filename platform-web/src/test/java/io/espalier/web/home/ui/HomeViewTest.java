package io.espalier.web.home.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.web.Admin;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import io.espalier.web.SignedInAsSomebody;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class HomeViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Teams teams;
  @Autowired private Budgets budgets;

  @Test
  void whoIsInNoTeamIsToldWhoCanHelp() {
    open();

    assertThat(text())
        .contains(
            "Hello, Grace Example",
            "You are in no team yet",
            "A platform admin can add you to one.",
            "No jobs yet");
    assertThat(find(Button.class).withText("Create a team").exists()).isFalse();
  }

  @Test
  void whatIsMissingIsSaidOneThingAfterTheOther() {
    new Orchard(platform, 0);

    open();

    assertThat(text()).contains("has no budget left", "There is no dataset yet");
    // A member cannot help itself; the page says who can.
    assertThat(text()).contains("An owner of the team or a platform admin can add some.");
  }

  @Test
  void budgetJobsAndAgentsAreShown() {
    var orchard = new Orchard(platform, 5);
    var data = orchard.dataset("leaves", "elm", "oak");
    var first = orchard.submit("Leaves", data);
    try (var agent = orchard.agent()) {
      agent.runWholeJob(first.id(), 0.7, 0.5);
      var second = orchard.submit("More leaves", data);
      agent.profile(second.id()).step(1, 0.7);

      open();

      assertThat(text()).contains(orchard.team().name(), "of 5.00 GPU-h", "Held");
      assertThat(text()).contains("More leaves", "Training");
      assertThat(text()).contains("25.0 % → 90.0 % on the test split", "Succeeded");
      assertThat(text()).contains("Cluster", "connected");
      assertThat(text()).doesNotContain("There is no dataset yet", "No agent is connected");
    }
  }

  @Test
  @SignedInAsAdmin
  void anAdminCreatesATeamAndFundsIt() {
    var name = "Team " + UUID.randomUUID();
    var admin = Admin.principal(platform);
    var home = teams.of(admin).isEmpty();
    open();
    if (home) {
      test(find(Button.class).withText("Create a team").single()).click();
      test(find(TextField.class).withLabel("Name").single()).setValue(name);
      test(find(Button.class).withText("Create").single()).click();
    } else {
      teams.create(admin, name);
      open();
    }

    assertThat(text()).contains(name + " has no budget left");
    var need =
        find(com.vaadin.flow.component.html.Div.class)
            .withClassName("need")
            .withCondition(div -> div.getElement().getTextRecursively().contains(name))
            .single();
    test(find(Button.class, need).single()).click();
    test(find(NumberField.class).withLabel("GPU-hours").single()).setValue(3.0);
    test(find(TextField.class).withLabel("Reason").single()).setValue("for tests");
    test(find(Button.class).withText("Add").single()).click();

    var team =
        teams.of(admin).stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    var owner = Admin.principal(platform);
    assertThat(budgets.ofTeam(owner, team.id()).free().hours()).isEqualTo(3);
    assertThat(text()).doesNotContain(name + " has no budget left");
  }

  /** A test begins on this very page, and going to where one is already changes nothing. */
  private void open() {
    navigate("jobs", Component.class);
    navigate(HomeView.class);
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }
}
