package io.espalier.web.audit.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import io.espalier.web.SignedInAsSomebody;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsAdmin
class AuditViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;

  @Test
  void whatWasDoneIsListedNewestFirst() {
    var orchard = new Orchard(platform, 7);

    navigate(AuditView.class);

    assertThat(cell(0, 2)).contains("credit", "team " + orchard.team().id());
    assertThat(cell(0, 1)).isEqualTo("ann");
    assertThat(cell(0, 3)).isEqualTo(orchard.team().name());
    assertThat(cell(0, 4)).contains("for tests");
  }

  @Test
  void theFilterIsInTheAddress() {
    var orchard = new Orchard(platform, 7);

    UI.getCurrent()
        .navigate(
            "admin/audit",
            QueryParameters.simple(
                Map.of("action", "credit", "thing", orchard.team().id().toString())));

    assertThat(test(grid()).size()).isEqualTo(1);
    assertThat(find(TextField.class).withLabel("Did what").single().getValue()).isEqualTo("credit");
    UI.getCurrent().navigate("admin/audit", QueryParameters.simple(Map.of("until", "2001-01-01")));
    assertThat(test(grid()).size()).isZero();
  }

  @Test
  void theChainIsChecked() {
    navigate(AuditView.class);

    test(find(Button.class).withText("Check the chain").single()).click();

    assertThat(((Component) getCurrentView()).getElement().getTextRecursively())
        .contains("Every entry follows from the one before it.");
  }

  @Test
  @SignedInAsSomebody
  void thePageIsNotOpenToOthers() {
    UI.getCurrent().navigate("admin/audit");

    assertThat(find(Grid.class).exists()).isFalse();
  }

  private String cell(int row, int column) {
    return test(grid()).getCellComponent(row, column).getElement().getTextRecursively();
  }

  private Grid<?> grid() {
    return find(Grid.class).single();
  }
}
