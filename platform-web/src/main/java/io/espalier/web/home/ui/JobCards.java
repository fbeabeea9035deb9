package io.espalier.web.home.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Meter;
import io.espalier.web.element.StateBadge;
import io.espalier.web.element.Words;
import java.time.Instant;
import java.util.List;

/** What runs, and the latest results. */
final class JobCards extends Div {

  JobCards(Home home) {
    addClassNames("cards", "wide-cards");
    if (home.underWay().isEmpty() && home.ended().isEmpty()) {
      add(
          new EmptyState(
              "No jobs yet",
              "A job fine-tunes a base model on one of your datasets and hands back a model that"
                  + " loads anywhere.",
              LinkButton.primary("new", "New fine-tune")));
      return;
    }
    add(section("Under way", home.underWay(), "Nothing runs or waits.", "jobs"));
    add(section("Latest results", home.ended(), "No job has ended yet.", "jobs?show=succeeded"));
  }

  private static Section section(String title, List<JobView> jobs, String none, String all) {
    var more = new Anchor(all, "All");
    more.getElement().setAttribute("aria-label", "All of: " + title);
    var header = new Div(new H2(title), more);
    header.addClassName("card-header");
    var section = new Section(header);
    section.addClassName("card");
    if (jobs.isEmpty()) {
      var text = new Span(none);
      text.addClassName("secondary");
      section.add(text);
    }
    for (var job : jobs) section.add(line(job));
    return section;
  }

  private static Component line(JobView job) {
    var name = new Anchor("jobs/" + job.id(), job.name());
    name.addClassName("row-title");
    var about = new Span(about(job));
    about.addClassName("secondary");
    var words = new Div(name, about);
    words.addClassName("two-lines");
    var line = new Div(words, new StateBadge(job));
    line.addClassName("job-line");
    var running = job.running();
    if (running != null && running.progress() != null && running.progress().total() > 0) {
      var progress = running.progress();
      line.add(
          new Meter("%s: %d of %d".formatted(progress.phase(), progress.done(), progress.total()))
              .part("running", (double) progress.done() / progress.total()));
    }
    return line;
  }

  private static String about(JobView job) {
    var result = job.result();
    if (result != null) {
      return "%s → %s on the test split · %s"
          .formatted(Words.percent(result.before()), Words.percent(result.after()), job.spent());
    }
    if (job.problem() != null) return job.problem().message();
    if (job.whyWaiting() != null) return job.whyWaiting().sentence();
    var data = "%s v%d".formatted(job.dataset().name(), job.datasetVersion());
    return data + " · submitted " + Words.ago(job.submittedAt(), Instant.now());
  }
}
