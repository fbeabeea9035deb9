package io.espalier.web.invariant.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import org.junit.jupiter.api.Test;

@PlatformTest
@SignedInAsAdmin
class InvariantsViewTest extends SpringBrowserlessTest {

  @Test
  void anAdminRunsTheCheckAndSeesWhatEachCameTo() {
    navigate(InvariantsView.class);
    assertThat(text()).doesNotContain("invariants hold");

    test(find(Button.class).withText("Check now").single()).click();

    assertThat(text()).contains("invariants hold.", "an account was overdrawn at some moment");
    assertThat(find(Button.class).withText("Check now").single().isEnabled()).isTrue();
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }
}
