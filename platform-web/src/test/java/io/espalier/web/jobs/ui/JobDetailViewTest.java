package io.espalier.web.jobs.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.progressbar.ProgressBar;
import io.espalier.domain.job.JobState;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.SignedInAsSomebody;
import io.espalier.web.chart.CurveChart;
import io.espalier.web.shell.Message;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PlatformTest
@SignedInAsSomebody
class JobDetailViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;
  @Autowired private Jobs jobs;

  private Orchard orchard;
  private JobView job;

  @BeforeEach
  void submitAJob() {
    orchard = new Orchard(platform, 5);
    job = orchard.submit("Leaves", orchard.dataset("leaves", "elm", "oak"));
  }

  @Test
  void aWaitingJobSaysWhy() {
    await(() -> jobs.get(orchard.user(), job.id()).whyWaiting() != null);
    open(job.id());

    assertThat(text()).contains("Leaves", "Queued", "Why it waits");
    assertThat(text()).contains(jobs.get(orchard.user(), job.id()).whyWaiting().sentence());
    assertThat(text()).contains("Loss and accuracy appear here with the first step of training.");
    assertThat(find(CurveChart.class).all()).isEmpty();
  }

  @Test
  void aTrainingJobShowsItsProtocolReasonsProgressAndCurves() {
    try (var agent = orchard.agent()) {
      var trainer = agent.profile(job.id());
      trainer.step(1, 0.7);
      trainer.step(2, 0.5);
      open(job.id());

      var decision = jobs.get(orchard.user(), job.id()).decision();
      assertThat(text()).contains(decision.chosen().protocol().label(), "chosen by Espalier");
      assertThat(decision.reasons())
          .isNotEmpty()
          .allSatisfy(line -> assertThat(text()).contains(line));
      assertThat(decision.alternatives())
          .hasSizeGreaterThan(3)
          .allSatisfy(one -> assertThat(text()).contains(one.training().protocol().label()));
      assertThat(text()).contains("3 test samples are also in the training split");
      assertThat(text()).contains("training: 2 of 10");
      assertThat(find(ProgressBar.class).single().getValue()).isEqualTo(0.2);
      assertThat(find(CurveChart.class).all())
          .extracting(chart -> chart.getElement().getAttribute("aria-label"))
          .containsExactly("Loss", "Accuracy");
      assertThat(text()).contains("step 1", "step 2");
      jobs.cancel(orchard.user(), job.id());
    }
  }

  @Test
  void aJobThatSucceededShowsItsResultAndHandsItOut() {
    try (var agent = orchard.agent()) {
      agent.runWholeJob(job.id(), 0.7, 0.5, 0.4);
    }
    open(job.id());

    assertThat(text()).contains("Succeeded", "25.0 %", "90.0 %", "50.0 %", "600 test samples");
    assertThat(text()).contains("Confusion matrix", "290", "280");
    assertThat(text()).contains("Most confident mistakes", "taken for elm");
    assertThat(find(Image.class).all())
        .extracting(image -> image.getAlt().orElse(""))
        .contains("oak, taken for elm", "elm");
    assertThat(find(Anchor.class).withText("Download model").exists()).isTrue();
    assertThat(find(Anchor.class).withText("model.safetensors").exists()).isTrue();
    assertThat(text()).contains("Entries of the ledger", "hold", "settle");
    assertThat(find(Button.class).withText("Cancel job").exists()).isFalse();
    assertThat(find(CurveChart.class).all()).hasSize(2);
  }

  @Test
  void cancellingAsksFirst() {
    open(job.id());

    test(find(Button.class).withText("Cancel job").single()).click();
    assertThat(state()).isEqualTo(JobState.QUEUED);
    test(find(ConfirmDialog.class).single()).confirm();

    assertThat(state()).isEqualTo(JobState.CANCELLED);
    assertThat(text()).contains("Cancelled");
    assertThat(find(Button.class).withText("Cancel job").exists()).isFalse();
  }

  @Test
  void aJobIsPausedAndResumed() {
    open(job.id());

    test(find(Button.class).withText("Pause").single()).click();
    assertThat(state()).isEqualTo(JobState.PAUSED);
    assertThat(text()).contains("Paused · by a person");
    open(job.id());
    assertThat(text()).contains("Resume it when it should go on.");

    test(find(Button.class).withText("Resume").single()).click();
    assertThat(state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void anotherJobReplacesTheOneBefore() {
    var other = orchard.submit("Branches", orchard.dataset("branches", "elm", "oak"));
    open(job.id());
    open(other.id());

    assertThat(text()).contains("Branches").doesNotContain("Leaves");
    assertThat(find(JobBoard.class).all()).hasSize(1);
  }

  @Test
  void aJobOfAnotherTeamLooksAbsent() {
    open(UUID.randomUUID());

    assertThat(find(Message.class).single().getElement().getTextRecursively())
        .contains("There is no such job among what you may see.");
  }

  private JobState state() {
    return jobs.get(orchard.user(), job.id()).state();
  }

  private static void open(UUID job) {
    UI.getCurrent().navigate("jobs/" + job);
  }

  private String text() {
    return ((Component) getCurrentView()).getElement().getTextRecursively();
  }

  /** The planner works on its own; it is given time. */
  private static void await(BooleanSupplier wished) {
    for (int tries = 0; tries < 1200; tries++) {
      if (wished.getAsBoolean()) return;
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("It did not come so within a minute");
  }
}
