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
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Scheduling;
import io.espalier.web.element.StateBadge;
import io.espalier.web.element.Words;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

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
    asked(job.scheduling()).forEach(wish -> facts.add(new Span(wish)));
    facts.addClassNames("facts", "secondary");
    return facts;
  }

  /** What was asked for besides one slot anywhere, as soon as it is its turn. */
  private static List<String> asked(Scheduling scheduling) {
    var asked = new ArrayList<String>();
    if (scheduling.priority() != PriorityClass.NORMAL) {
      asked.add(Words.lower(scheduling.priority()));
    }
    if (scheduling.slots() > 1) asked.add(scheduling.slots() + " slots of one host");
    if (scheduling.pool() != null) asked.add("on " + scheduling.pool());
    if (!scheduling.labels().isEmpty()) {
      asked.add("hosts with " + String.join(", ", scheduling.labels()));
    }
    if (scheduling.notBefore() != null) asked.add("not before " + utc(scheduling.notBefore()));
    var window = scheduling.window();
    if (window != null) {
      asked.add("starts %s to %s %s".formatted(window.from(), window.until(), window.zone()));
    }
    if (scheduling.deadline() != null) asked.add("deadline " + utc(scheduling.deadline()));
    return asked;
  }

  private static String utc(Instant moment) {
    return Words.minute(moment) + " UTC";
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
