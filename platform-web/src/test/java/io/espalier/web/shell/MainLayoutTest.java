package io.espalier.web.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.avatar.Avatar;
import com.vaadin.flow.component.sidenav.SideNav;
import com.vaadin.flow.component.sidenav.SideNavItem;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import io.espalier.web.SignedInAsSomebody;
import org.junit.jupiter.api.Test;

@PlatformTest
@SignedInAsAdmin
class MainLayoutTest extends SpringBrowserlessTest {

  @Test
  void theFrameLeadsToEveryFeature() {
    navigate("", Component.class);

    assertThat(find(SideNav.class).single().getItems())
        .extracting(SideNavItem::getLabel)
        .containsExactly(
            "Home",
            "New fine-tune",
            "Jobs",
            "Schedules",
            "Datasets",
            "Models",
            "Budget",
            "Cluster",
            "Teams",
            "Users",
            "Audit",
            "Invariants");
    assertThat(find(Avatar.class).single().getName()).isEqualTo("Ann Example");
  }

  @Test
  @SignedInAsSomebody
  void whatIsForAdminsIsNotOfferedToOthers() {
    navigate("", Component.class);

    assertThat(find(SideNav.class).single().getItems())
        .extracting(SideNavItem::getLabel)
        .contains("Cluster", "Teams")
        .doesNotContain("Users", "Audit", "Invariants");
  }

  @Test
  void aPageThatDoesNotExistSaysSoInsideTheFrame() {
    navigate("no/such/page", NotFoundPage.class);

    assertThat(find(SideNav.class).all()).hasSize(1);
    assertThat(find(Message.class).single().getElement().getTextRecursively())
        .contains("There is no such page", "/no/such/page");
  }
}
