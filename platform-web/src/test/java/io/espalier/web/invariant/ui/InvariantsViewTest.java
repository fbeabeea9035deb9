package io.espalier.web.invariant.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import io.espalier.orchestrator.invariant.Invariants;
import io.espalier.orchestrator.invariant.Invariants.Contents;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@PlatformTest
@SignedInAsAdmin
class InvariantsViewTest extends SpringBrowserlessTest {

  @Autowired private Invariants invariants;

  /** What others did to this database by hand, to have 10,000 rows, may well be found. */
  @Test
  void anAdminRunsTheCheckAndSeesWhatEachCameTo() {
    navigate(InvariantsView.class);
    assertThat(text()).doesNotContain("invariants hold", "invariants are violated");
    var findings = new ArrayList<>(invariants.check(Contents.MEASURED));
    findings.addAll(invariants.stuck(Duration.ofMinutes(10)));
    long violated = findings.stream().filter(found -> !found.things().isEmpty()).count();

    test(find(Button.class).withText("Check now").single()).click();

    assertThat(text())
        .contains(
            violated == 0
                ? "All %d invariants hold.".formatted(findings.size())
                : "%d of %d invariants are violated.".formatted(violated, findings.size()));
    assertThat(findings).hasSizeGreaterThan(20);
    for (var finding : findings) assertThat(text()).contains(finding.sentence());
    assertThat(find(Button.class).withText("Check now").single().isEnabled()).isTrue();
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }
}
