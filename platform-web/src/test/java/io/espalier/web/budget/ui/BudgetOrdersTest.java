package io.espalier.web.budget.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.TeamBudget;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsAdmin;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** What admins order on the budget page. */
@PlatformTest
@SignedInAsAdmin
class BudgetOrdersTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Budgets budgets;

  @Test
  void anOverdraftNeedsAReasonAndStandsOnThePage() {
    var orchard = open(1);
    click("Overdraft");
    test(find(NumberField.class).withLabel("GPU-hours").single()).setValue(2.0);
    click("Set");
    assertThat(budget(orchard).overdraft()).as("without a reason").isEqualTo(GpuTime.ZERO);

    test(find(TextField.class).withLabel("Reason").single()).setValue("until the invoice");
    click("Set");

    assertThat(budget(orchard).overdraft()).isEqualTo(GpuTime.ofHours(2));
    assertThat(text()).contains("It may use 2.00 GPU-h beyond");
  }

  @Test
  void anAllowanceIsCreditedAtOnceAndEnded() {
    var orchard = open(0);
    click("Allowance");
    test(find(NumberField.class).withLabel("GPU-hours").single()).setValue(5.0);
    click("Set");
    assertThat(budget(orchard).free()).isEqualTo(GpuTime.ofHours(5));
    assertThat(text()).contains("Every month it is given 5.00 GPU-h");

    click("Allowance");
    click("End the allowance");
    assertThat(budget(orchard).period()).isNull();
    assertThat(budget(orchard).free()).isEqualTo(GpuTime.ofHours(5));
  }

  private Orchard open(double gpuHours) {
    var orchard = new Orchard(platform, gpuHours);
    UI.getCurrent()
        .navigate("budget", QueryParameters.simple(Map.of("team", orchard.team().id().toString())));
    return orchard;
  }

  private void click(String button) {
    test(find(Button.class).withText(button).single()).click();
  }

  private TeamBudget budget(Orchard orchard) {
    return budgets.ofTeam(orchard.user(), orchard.team().id());
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }
}
