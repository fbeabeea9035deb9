package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import io.espalier.domain.job.PauseReason;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.element.StateBadge;
import io.espalier.web.element.Words;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The job's name, its state, what it is made of, and the buttons that pause, resume and end it. */
final class HeadPanel extends Div {

  private final JobSource source;

  HeadPanel(JobSource source) {
    this.source = source;
    addClassName("head");
  }

  void show(JobView job) {
    removeAll();
    var trail = new Nav(new Anchor("jobs", "Jobs"), new Span("/"));
    trail.getElement().setAttribute("aria-label", "Breadcrumb");
    trail.addClassNames("trail", "secondary");
    var title = new Div(new H1(job.name()), new StateBadge(job));
    title.addClassName("title");
    var header = new Div(title);
    header.addClassName("page-header");
    if (!job.state().isTerminal() && source.isMine(job)) {
      header.add(job.pauseReason() == PauseReason.USER ? resume() : pause(), cancel(job));
    }
    add(trail, header, facts(job));
  }

  private static Div facts(JobView job) {
    var submitted = new Span("submitted " + Words.ago(job.submittedAt(), Instant.now()));
    submitted.setTitle(job.submittedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    var facts =
        new Div(
            new Span("Model " + job.baseModel().name()),
            new Anchor(
                "datasets/" + job.datasetVersionId(),
                "Data %s v%d".formatted(job.dataset().name(), job.datasetVersion())),
            new Span("by " + job.owner()),
            submitted,
            new Span("seed " + job.seed()));
    facts.addClassNames("facts", "secondary");
    return facts;
  }

  private Button pause() {
    var button = new Button("Pause", _ -> show(source.pause()));
    button.setTooltipText(
        "Saves at the next step and frees the slot; the place in the queue stays");
    return button;
  }

  private Button resume() {
    var button = new Button("Resume", _ -> show(source.resume()));
    button.addThemeVariants(ButtonVariant.PRIMARY);
    return button;
  }

  private Button cancel(JobView job) {
    var button = new Button("Cancel job");
    button.addThemeVariants(ButtonVariant.ERROR, ButtonVariant.TERTIARY);
    button.addClickListener(_ -> {
      var question = new ConfirmDialog();
      question.setHeader("Cancel " + job.name() + "?");
      question.setText(
          "Training stops and cannot be resumed. What it has spent so far stays spent.");
      question.setCancelable(true);
      question.setCancelText("Keep it running");
      question.setConfirmText("Cancel job");
      question.setConfirmButtonTheme("error primary");
      question.addConfirmListener(_ -> show(source.cancel()));
      question.open();
    });
    return button;
  }
}
