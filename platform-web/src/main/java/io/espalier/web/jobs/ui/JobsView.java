package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Nav;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Meter;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.StateBadge;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.live.Live;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.time.Duration;
import java.util.Locale;

/** All jobs of my teams, newest first. The filter is in the address. */
@Route("jobs")
@PageTitle("Jobs · Espalier")
@PermitAll
final class JobsView extends Div implements BeforeEnterObserver {

  private static final Duration DISTANCE = Duration.ofSeconds(2);

  private final CurrentUser user;
  private final Jobs jobs;
  private final Nav filters = new Nav();
  private final CursorGrid<JobView> grid = new CursorGrid<>("Jobs");

  JobsView(CurrentUser user, Jobs jobs, Changes changes) {
    this.user = user;
    this.jobs = jobs;
    addClassNames("page", "list-page");
    var header = new Div(new H1("Jobs"), LinkButton.primary("new", "New fine-tune"));
    header.addClassName("page-header");
    filters.addClassName("filters");
    filters.getElement().setAttribute("aria-label", "Jobs by state");
    defineGrid();
    add(header, filters, grid);
    Live.keep(this, wake -> changes.onAnyJob(_ -> wake.run()), DISTANCE, grid::refresh);
  }

  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var query = event.getLocation().getQueryParameters();
    var shown = Shown.of(query.getSingleParameter("show").orElse(""));
    filters.removeAll();
    for (var filter : Shown.values()) filters.add(link(filter, filter == shown));
    var filter = new JobFilter(null, shown.states());
    grid.show(page -> jobs.list(user.principal(), filter, page), JobView::id, empty(shown));
  }

  private void defineGrid() {
    grid.addComponentColumn(JobsView::name).setHeader("Job").setFlexGrow(3).setWidth("11rem");
    grid.addComponentColumn(JobsView::state).setHeader("State").setFlexGrow(1).setWidth("10rem");
    grid.addColumn(JobsView::protocol)
        .setKey("protocol")
        .setHeader("Protocol")
        .setFlexGrow(1)
        .setWidth("8rem");
    grid.addComponentColumn(JobsView::metric)
        .setKey("metric")
        .setHeader("Test metric")
        .setFlexGrow(0)
        .setWidth("8rem");
    grid.addComponentColumn(JobsView::cost)
        .setKey("cost")
        .setHeader("GPU time")
        .setFlexGrow(1)
        .setWidth("9rem");
    grid.addComponentColumn(JobsView::age)
        .setKey("age")
        .setHeader("Submitted")
        .setFlexGrow(0)
        .setWidth("8rem");
    Narrow.hide(grid, "protocol", "metric", "cost", "age");
  }

  private static Anchor link(Shown shown, boolean current) {
    var link =
        new Anchor(shown == Shown.ALL ? "jobs" : "jobs?show=" + shown.parameter(), shown.label());
    if (current) link.getElement().setAttribute("aria-current", "page");
    return link;
  }

  private static Component empty(Shown shown) {
    if (shown == Shown.ALL) {
      return new EmptyState(
          "No jobs yet",
          "A job fine-tunes a base model on one of your datasets and hands back a model that loads"
              + " anywhere.",
          LinkButton.primary("new", "New fine-tune"));
    }
    return new EmptyState(
        "No job is " + shown.label().toLowerCase(Locale.ROOT),
        "Jobs in other states are not shown here.",
        new LinkButton("jobs", "Show all jobs"));
  }

  private static Component name(JobView job) {
    return Cell.link(
        "jobs/" + job.id(),
        job.name(),
        "%s · %s v%d"
            .formatted(job.baseModel().name(), job.dataset().name(), job.datasetVersion()));
  }

  private static Component state(JobView job) {
    var cell = new Cell(new StateBadge(job));
    var running = job.running();
    if (job.whyWaiting() != null) {
      var why = new Span(job.whyWaiting().sentence());
      why.addClassName("secondary");
      why.setTitle(job.whyWaiting().sentence());
      cell.add(why);
    } else if (running != null && running.progress() != null && running.progress().total() > 0) {
      var progress = running.progress();
      cell.add(
          new Meter("%s: %d of %d".formatted(progress.phase(), progress.done(), progress.total()))
              .part("running", (double) progress.done() / progress.total()));
    }
    return cell;
  }

  private static String protocol(JobView job) {
    if (job.training() != null) return job.training().protocol().label();
    if (job.requestedProtocol() != null) return job.requestedProtocol().label();
    return job.state().isTerminal() ? "–" : "to be chosen";
  }

  private static Component metric(JobView job) {
    var result = job.result();
    if (result == null) return new Span("–");
    var after = new Span(Words.percent(result.after()));
    after.addClassName("number");
    var before = new Span("from " + Words.percent(result.before()));
    before.addClassNames("secondary", "number");
    return new Cell(after, before);
  }

  private static Component cost(JobView job) {
    var spent = new Span(job.spent().toString());
    spent.addClassName("number");
    double cap = Math.max(1, job.cap().millis());
    return new Cell(
        spent,
        new Meter("%s spent and %s held of %s".formatted(job.spent(), job.held(), job.cap()))
            .part("spent", job.spent().millis() / cap)
            .part("held", job.held().millis() / cap));
  }

  private static Component age(JobView job) {
    return new Cell(Cell.age(job.submittedAt()), Cell.quiet(job.owner()));
  }
}
