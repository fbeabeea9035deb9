package io.espalier.web.jobs.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsSomebody;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class JobsViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;

  @Test
  void withoutAJobItSaysWhatAJobIsAndOffersOne() {
    navigate(JobsView.class);

    assertThat(test(grid()).size()).isZero();
    var empty = grid().getEmptyStateComponent().getElement();
    assertThat(empty.getTextRecursively()).contains("No jobs yet", "New fine-tune");
  }

  @Test
  void aJobShowsItsStateProtocolAndCost() {
    var orchard = new Orchard(platform, 5);
    var job = orchard.submit("Leaves", orchard.dataset("leaves", "elm", "oak"));

    navigate(JobsView.class);

    assertThat(test(grid()).size()).isEqualTo(1);
    assertThat(cell(0, 0)).contains("Leaves", "tiny-vit · leaves v1");
    assertThat(cell(0, 1)).contains("Queued");
    assertThat(test(grid()).getCellText(0, 2)).isEqualTo("to be chosen");
    assertThat(cell(0, 4)).contains("0.0 GPU-s");
    assertThat(cell(0, 5)).contains("Grace Example");
    assertThat(find(Anchor.class).withText("Leaves").single().getHref())
        .isEqualTo("jobs/" + job.id());
  }

  @Test
  void tenThousandJobsCanBeScrolledThrough() {
    var orchard = new Orchard(platform, 0);
    orchard.insertSucceeded("Run", 10_000, orchard.dataset("leaves", "elm", "oak"));

    navigate(JobsView.class);

    assertThat(test(grid()).getRow(0).name()).isEqualTo("Run 10000");
    assertThat(test(grid()).getRow(9_999).name()).isEqualTo("Run 1");
  }

  @Test
  void theFilterIsInTheAddress() {
    var orchard = new Orchard(platform, 5);
    var data = orchard.dataset("leaves", "elm", "oak");
    orchard.submit("Waiting", data);
    orchard.insertSucceeded("Done", 3, data);

    UI.getCurrent().navigate("jobs", QueryParameters.of("show", "succeeded"));
    assertThat(test(grid()).size()).isEqualTo(3);
    assertThat(current()).isEqualTo("Succeeded");

    UI.getCurrent().navigate("jobs", QueryParameters.of("show", "waiting"));
    assertThat(test(grid()).getRow(0).name()).isEqualTo("Waiting");
    assertThat(test(grid()).size()).isEqualTo(1);

    UI.getCurrent().navigate("jobs", QueryParameters.of("show", "failed"));
    assertThat(grid().getEmptyStateComponent().getElement().getTextRecursively())
        .contains("No job is failed", "Show all jobs");
  }

  private String current() {
    return find(Anchor.class).withAttribute("aria-current").single().getText();
  }

  private String cell(int row, int column) {
    return test(grid()).getCellComponent(row, column).getElement().getTextRecursively();
  }

  @SuppressWarnings("unchecked")
  private Grid<JobView> grid() {
    return find(Grid.class).single();
  }
}
