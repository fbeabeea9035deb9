package io.espalier.web.budget.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Period;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.database.Credentials;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.web.Admin;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsSomebody;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PlatformTest
@SignedInAsSomebody
class BudgetViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Budgets budgets;
  @Autowired private Rates rates;
  @Autowired private Teams teams;
  @Autowired private Jobs jobs;

  @Test
  void whoIsInNoTeamIsToldWhoCanHelp() {
    navigate(BudgetView.class);

    assertThat(text()).contains("You are in no team yet", "A platform admin can add you to one.");
  }

  @Test
  void aMemberSeesWhatIsLeftAndCannotAdd() {
    var orchard = new Orchard(platform, 5);

    navigate(BudgetView.class);

    assertThat(text()).contains(orchard.team().name(), "5.00 GPU-h", "free", "Download as CSV");
    assertThat(text()).contains("Nothing was spent in the last seven days");
    assertThat(text()).contains("No GPU time went to jobs without a result.");
    assertThat(find(Button.class).withText("Add budget").exists()).isFalse();
  }

  @Test
  void theStatementNamesWhatEachJobHasSpentAndWhatWasLost() {
    var orchard = new Orchard(platform, 5);
    var data = orchard.dataset("leaves", "elm", "oak");
    var done = orchard.submit("Leaves", data);
    try (var agent = orchard.agent()) {
      agent.runWholeJob(done.id(), 0.7);
      var given = orchard.submit("Given up", data);
      agent.profile(given.id()).step(1, 0.7);
      jobs.cancel(orchard.user(), given.id());
    }

    navigate(BudgetView.class);

    assertThat(test(grid()).size()).isEqualTo(2);
    assertThat(cell(0, 0)).contains("Given up", "Grace Example");
    assertThat(cell(0, 1)).contains("Cancelled");
    assertThat(cell(1, 1)).contains("Succeeded");
    assertThat(text()).contains("on 1 job that somebody cancelled");
  }

  @Test
  void everyEntryOfTheLedgerCanBeRead() {
    var orchard = new Orchard(platform, 5);
    try (var agent = orchard.agent()) {
      agent.runWholeJob(orchard.submit("Leaves", orchard.dataset("leaves", "elm", "oak")).id(), 1);
    }

    UI.getCurrent().navigate("budget", QueryParameters.of("show", "entries"));

    int last = test(grid()).size() - 1;
    assertThat(last).isGreaterThanOrEqualTo(9); // hold, settle and void of three tasks
    assertThat(cell(last, 0)).isEqualTo("credit");
    assertThat(cell(last, 1)).isEqualTo("5.00 GPU-h");
    assertThat(cell(last, 2)).isEqualTo("for tests");
    assertThat(cell(0, 2)).contains("Leaves");
  }

  @Test
  void tenThousandJobsCanBeScrolledThrough() {
    var orchard = new Orchard(platform, 1);
    orchard.insertSucceeded("Run", 10_000, orchard.dataset("leaves", "elm", "oak"));

    navigate(BudgetView.class);

    assertThat(cell(0, 0)).contains("Run 10000");
    assertThat(cell(9_999, 0)).contains("Run 1");
  }

  @Test
  void anOwnerAddsBudgetWithAReason() {
    var orchard = new Orchard(platform, 0);
    teams.setMember(
        Admin.principal(platform), orchard.team().id(), orchard.user().login(), Role.OWNER);
    navigate(BudgetView.class);
    assertThat(text()).contains("Nothing is free");

    test(find(Button.class).withText("Add budget").single()).click();
    test(find(NumberField.class).withLabel("GPU-hours").single()).setValue(2.0);
    test(find(Button.class).withText("Add").single()).click();
    assertThat(budgets.ofTeam(orchard.user(), orchard.team().id()).funded().hours()).isZero();

    test(find(TextField.class).withLabel("Reason").single()).setValue("Spring sowing");
    test(find(Button.class).withText("Add").single()).click();

    assertThat(budgets.ofTeam(orchard.user(), orchard.team().id()).funded().hours()).isEqualTo(2);
    assertThat(text()).contains("2.00 GPU-h");
  }

  @Test
  void theTeamIsInTheAddress() {
    var first = new Orchard(platform, 1);
    var second = new Orchard(platform, 2);

    UI.getCurrent()
        .navigate("budget", QueryParameters.simple(Map.of("team", second.team().id().toString())));
    assertThat(text()).contains("2.00 GPU-h");
    UI.getCurrent()
        .navigate("budget", QueryParameters.simple(Map.of("team", first.team().id().toString())));
    assertThat(text()).contains("1.00 GPU-h");
  }

  @Test
  void anOverdraftAnAllowanceAndMoneyStandOnThePage() {
    var orchard = new Orchard(platform, 1);
    var admin = Admin.principal(platform);
    var team = orchard.team().id();
    budgets.credit(admin, team, Amount.of(Money.of(20)), "money too", null);
    budgets.setOverdraft(admin, team, Amount.of(GpuTime.ofHours(3)), "until the invoice");
    budgets.setPeriod(
        admin, team, new Period(Period.Length.MONTH, Amount.of(GpuTime.ofHours(5)), 25));

    navigate(BudgetView.class);

    assertThat(text()).contains("20.00", "money free", "It may use 3.00 GPU-h beyond");
    assertThat(text()).contains("Every month it is given 5.00 GPU-h", "25 % of what is free");
    assertThat(find(Button.class).withText("Overdraft").exists()).as("for admins").isFalse();
  }

  @Test
  void theRatesOfAllPoolsAreListed() {
    new Orchard(platform, 1);
    JdbcClient.create(platform.getBean(Credentials.class).application())
        .sql("insert into pool (name) values ('Larch 80G')")
        .update();
    rates.set(Admin.principal(platform), "Larch 80G", Money.of(1.25), "a first rate");

    UI.getCurrent().navigate("budget", QueryParameters.of("show", "rates"));

    assertThat(text()).contains("Larch 80G", "1.25", "a first rate");
    assertThat(find(Button.class).withText("Set").exists()).as("for admins").isFalse();
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
