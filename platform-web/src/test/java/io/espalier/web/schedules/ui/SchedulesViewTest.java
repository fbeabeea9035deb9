package io.espalier.web.schedules.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Anchor;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.cron.CronSchedule;
import io.espalier.orchestrator.cron.CronSchedules;
import io.espalier.orchestrator.job.Submission;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsSomebody;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class SchedulesViewTest extends SpringBrowserlessTest {

  private static final String EVERY_SECOND = "* * * * * ?";
  private static final String NIGHTLY = "0 0 2 * * ?";

  @Autowired private ApplicationContext platform;
  @Autowired private CronSchedules schedules;

  @Test
  void whoRepeatsNothingIsToldHow() {
    new Orchard(platform, 1);

    navigate(SchedulesView.class);

    assertThat(text()).contains("Nothing is repeated", "Repeat on a schedule");
  }

  @Test
  void aScheduleSaysWhenItFiresNextAndIsPausedAndResumed() {
    var orchard = new Orchard(platform, 5);
    var nightly = schedule(orchard, NIGHTLY, 1);
    navigate(SchedulesView.class);

    assertThat(text())
        .contains(nightly.name(), "Next: ", ", 02:00", "0 0 2 * * ? (Z)", "It has not fired yet.");

    test(button("Pause " + nightly.name())).click();
    assertThat(schedules.list(orchard.user())).allMatch(CronSchedule::paused);
    test(button("Resume " + nightly.name())).click();
    assertThat(schedules.list(orchard.user())).noneMatch(CronSchedule::paused);
  }

  @Test
  void aTimeThatMadeAJobLeadsToIt() {
    var orchard = new Orchard(platform, 5);
    fired(orchard, 1);

    navigate(SchedulesView.class);

    assertThat(find(Anchor.class).all())
        .filteredOn(link -> link.getText().equals("the job"))
        .isNotEmpty()
        .allMatch(link -> link.getHref().startsWith("jobs/"));
  }

  @Test
  void aTimeThatMadeNoneSaysWhy() {
    var orchard = new Orchard(platform, 5);
    fired(orchard, 0.0001);

    navigate(SchedulesView.class);

    assertThat(text()).contains("Last times", "budget cap of the job");
  }

  @Test
  void deletingAsksFirst() {
    var orchard = new Orchard(platform, 5);
    var nightly = schedule(orchard, NIGHTLY, 1);
    navigate(SchedulesView.class);

    test(button("Delete " + nightly.name())).click();
    assertThat(schedules.list(orchard.user())).contains(nightly);
    test(find(ConfirmDialog.class).single()).confirm();

    assertThat(schedules.list(orchard.user())).doesNotContain(nightly);
    assertThat(text()).contains("Nothing is repeated");
  }

  private CronSchedule schedule(Orchard orchard, String cron, double gpuHours) {
    var submission =
        new Submission(
            orchard.team().id(),
            "again",
            orchard.model().id(),
            orchard.dataset("leaves " + UUID.randomUUID(), "elm", "oak").id(),
            null,
            GpuTime.ofHours(gpuHours),
            7);
    return schedules.create(
        orchard.user(), "Schedule " + UUID.randomUUID(), cron, ZoneOffset.UTC, submission);
  }

  /** Its time comes within a second; then it is paused. */
  private void fired(Orchard orchard, double gpuHours) {
    var schedule = schedule(orchard, EVERY_SECOND, gpuHours);
    while (schedules.fires(orchard.user(), schedule.id()).isEmpty()) schedules.tick();
    schedules.setPaused(orchard.user(), schedule.id(), true);
  }

  private Button button(String name) {
    return find(Button.class).all().stream()
        .filter(one -> one.getAriaLabel().filter(name::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }

  private String text() {
    return getCurrentView().getElement().getTextRecursively();
  }
}
