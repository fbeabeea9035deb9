package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.OrderedList;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.progressbar.ProgressBar;
import io.espalier.domain.job.JobState;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Transition;
import io.espalier.orchestrator.schedule.Outlook;
import io.espalier.web.element.Words;
import io.espalier.web.shell.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the job is: the steps with their times, how far the present one is, why it waits. */
final class ProgressPanel extends Div {

  private static final List<JobState> STEPS =
      List.of(JobState.QUEUED, JobState.PROFILING, JobState.TRAINING, JobState.EVALUATING);

  private final JobSource source;

  ProgressPanel(JobSource source) {
    this.source = source;
    addClassNames("card", "progress");
  }

  void show(JobView job) {
    removeAll();
    var spent = timeIn(source.timeline(), Instant.now());
    add(steps(job, spent));
    if (job.problem() != null) add(Message.of(job.problem()));
    if (job.pauseReason() != null) add(line(job.inWords()));
    if (job.whyWaiting() != null) add(waiting(job.whyWaiting(), source.outlook()));
    var running = job.running();
    if (running != null && running.leased()) {
      add(underWay(running, spent.getOrDefault(running.task().state(), Duration.ZERO)));
    }
  }

  /** How long the job has been in each state, all its visits together. */
  static Map<JobState, Duration> timeIn(List<Transition> timeline, Instant now) {
    var times = new EnumMap<JobState, Duration>(JobState.class);
    for (int i = 0; i < timeline.size(); i++) {
      var entered = timeline.get(i);
      if (entered.to().isTerminal()) continue;
      var left = i + 1 < timeline.size() ? timeline.get(i + 1).at() : now;
      times.merge(entered.to(), Duration.between(entered.at(), left), Duration::plus);
    }
    return times;
  }

  private static Component steps(JobView job, Map<JobState, Duration> spent) {
    var steps = new OrderedList();
    steps.addClassName("steps");
    for (var state : STEPS) {
      var time = spent.get(state);
      steps.add(
          step(
              Words.of(state),
              time == null ? "" : Words.span(time),
              job.state() == state ? "current" : time == null ? "ahead" : "behind"));
    }
    if (job.state() == JobState.PAUSED) {
      steps.add(
          step(
              "Paused", Words.span(spent.getOrDefault(JobState.PAUSED, Duration.ZERO)), "current"));
    }
    var end = job.state().isTerminal() ? job.state() : JobState.SUCCEEDED;
    var all = spent.values().stream().reduce(Duration.ZERO, Duration::plus);
    var last =
        job.state().isTerminal()
            ? step(Words.of(end), Words.span(all) + " in all", "behind")
            : step(Words.of(end), "", "ahead");
    last.getElement().setAttribute("data-state", end.name());
    steps.add(last);
    return steps;
  }

  private static ListItem step(String name, String time, String place) {
    var title = new Span(name);
    title.addClassName("step-name");
    var duration = new Span(time);
    duration.addClassNames("secondary", "number");
    var step = new ListItem(title, duration);
    step.addClassName(place);
    if (place.equals("current")) step.getElement().setAttribute("aria-current", "step");
    return step;
  }

  private static Component waiting(JobView.WhyWaiting why, Optional<Outlook> outlook) {
    var title = new Span("Why it waits");
    title.addClassName("box-title");
    var box = new Div(title, new Paragraph(why.sentence()));
    outlook
        .map(ProgressPanel::inWords)
        .filter(words -> !words.isEmpty())
        .map(Paragraph::new)
        .ifPresent(box::add);
    box.addClassName("waiting");
    box.getElement().setAttribute("role", "status");
    return box;
  }

  /** Its place and its start, as far as they are known. */
  private static String inWords(Outlook outlook) {
    var words = new ArrayList<String>();
    if (outlook.position() != null) words.add("Place " + Words.count(outlook.position()) + ".");
    var start = outlook.start();
    if (start != null) {
      var now = Instant.now();
      words.add(
          "It will probably start in %s, and nine times in ten within %s."
              .formatted(
                  Words.span(Duration.between(now, start.median())),
                  Words.span(Duration.between(now, start.high()))));
    }
    return String.join(" ", words);
  }

  private static Component line(String text) {
    var line = new Paragraph(text);
    line.addClassName("secondary");
    return line;
  }

  private static Component underWay(JobView.Running running, Duration spent) {
    var line = new Div();
    line.addClassNames("under-way", "secondary");
    var bar = new ProgressBar();
    var box = new Div(line, bar);
    var progress = running.progress();
    if (progress == null || progress.total() <= 0) {
      bar.setIndeterminate(true);
      line.add(new Span("Starting"));
    } else {
      double share = Math.clamp((double) progress.done() / progress.total(), 0, 1);
      bar.setValue(share);
      line.add(
          new Span(
              "%s: %s of %s"
                  .formatted(
                      progress.phase(),
                      Words.count(progress.done()),
                      Words.count(progress.total()))));
      if (progress.done() > 0 && progress.done() < progress.total()) {
        var left = Duration.ofMillis(Math.round(spent.toMillis() * (1 / share - 1)));
        line.add(new Span("about " + Words.span(left) + " left"));
      }
    }
    bar.getElement().setAttribute("aria-label", line.getElement().getTextRecursively());
    if (running.agent() != null) line.add(new Span("on " + running.agent()));
    if (running.losses() > 0) {
      line.add(
          new Span(
              "goes on after " + Words.count(running.losses(), "lost trainer", "lost trainers")));
    }
    return box;
  }
}
