package io.espalier.web.cluster.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.domain.wire.Enrolment;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.orchestrator.agent.Cluster;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.schedule.Maintenances;
import io.espalier.web.Admin;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import io.espalier.web.SignedInAsSomebody;
import io.espalier.web.Unfinished;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class ClusterViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Agents agents;
  @Autowired private Cluster cluster;
  @Autowired private Maintenances maintenances;

  @Test
  void aHostShowsWhatRunsOnItAndNobodyButAdminsActs() {
    Unfinished.cancelAll(platform);
    var orchard = new Orchard(platform, 5);
    var job = orchard.submit("Leaves", orchard.dataset("leaves", "elm", "oak"));
    try (var agent = orchard.agent()) {
      agent.profile(job.id()).step(1, 0.7);

      navigate(ClusterView.class);

      var card = card(agent.name());
      assertThat(text(card)).contains("connected", "version 0.1.0", "Leaves", "train since");
      assertThat(find(Button.class, card).exists()).isFalse();
      assertThat(find(Button.class).withText("Add an agent").exists()).isFalse();
    }
  }

  @Test
  void theQueueSaysWhyItWaits() {
    Unfinished.cancelAll(platform);
    var orchard = new Orchard(platform, 5);
    orchard.submit("Leaves", orchard.dataset("leaves", "elm", "oak"));

    navigate(ClusterView.class);

    assertThat(text((Component) getCurrentView())).doesNotContain("Nothing waits for a slot.");
    assertThat(find(com.vaadin.flow.component.grid.Grid.class).single()).isNotNull();
  }

  @Test
  @SignedInAsAdmin
  void anAdminDrainsAndEnables() {
    var orchard = new Orchard(platform, 0);
    try (var agent = orchard.agent()) {
      navigate(ClusterView.class);

      click(agent.name(), "Drain");
      test(find(ConfirmDialog.class).single()).confirm();
      assertThat(host(agent.name()).draining()).isTrue();
      assertThat(text(card(agent.name()))).contains("draining");

      click(agent.name(), "Enable");
      assertThat(host(agent.name()).draining()).isFalse();
    }
  }

  @Test
  @SignedInAsAdmin
  void anAdminDisablesASlotAndLabelsTheHost() {
    var orchard = new Orchard(platform, 0);
    try (var agent = orchard.agent()) {
      navigate(ClusterView.class);

      click(agent.name(), "Slots");
      test(find(TextField.class).withLabel("Labels").single()).setValue("fast, near");
      test(find(Button.class).withText("Disable slot 0").single()).click();
      test(find(Button.class).withText("Save labels").single()).click();

      assertThat(host(agent.name()).slots().getFirst().enabled()).isFalse();
      assertThat(host(agent.name()).labels()).containsExactly("fast", "near");
      assertThat(text(card(agent.name()))).contains("fast, near");
    }
  }

  @Test
  @SignedInAsAdmin
  void anAdminPlansAMaintenanceAndCancelsIt() {
    var orchard = new Orchard(platform, 0);
    try (var agent = orchard.agent()) {
      var far = Instant.now().plus(Duration.ofDays(9));
      maintenances.plan(
          Admin.principal(platform),
          far,
          far.plusSeconds(60),
          host(agent.name()).id(),
          null,
          "new fans");
      navigate(ClusterView.class);
      assertThat(text((Component) getCurrentView()))
          .contains(agent.name() + " rests from", "new fans");

      test(find(Button.class).withText("Cancel maintenance").single()).click();

      assertThat(maintenances.list()).isEmpty();
    }
  }

  @Test
  @SignedInAsAdmin
  void theJoinCommandIsShownOnceAndEnrolsOneAgent() {
    navigate(ClusterView.class);

    test(find(Button.class).withText("Add an agent").single()).click();

    var command = find(Code.class).single().getText();
    assertThat(command).matches("ops/agent --platform https?://\\S+ --join \\S+");
    var token = command.substring(command.lastIndexOf(' ') + 1);
    var name = "host-" + UUID.randomUUID();
    agents.enrol(new Enrolment.Request(token, name));
    assertThat(host(name).live()).isFalse();
    test(find(Button.class).withText("I have it").single()).click();
    assertThat(find(Code.class).exists()).isFalse();
  }

  /** The page draws its hosts anew at every change, which may be just now. */
  private void click(String agent, String caption) {
    for (int attempt = 1; ; attempt++) {
      var button = find(Button.class, card(agent)).withText(caption).single();
      if (button.isAttached()) {
        try {
          test(button).click();
          return;
        } catch (IllegalStateException drawnAnew) {
          if (attempt == 10) throw drawnAnew;
        }
      }
      roundTrip();
    }
  }

  private Host host(String name) {
    return cluster.hosts(Admin.principal(platform)).stream()
        .filter(host -> host.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Section card(String name) {
    return find(Section.class)
        .withCondition(
            card -> card.getElement().hasAttribute("data-live") && text(card).contains(name))
        .single();
  }

  private static String text(Component component) {
    return component.getElement().getTextRecursively();
  }
}
