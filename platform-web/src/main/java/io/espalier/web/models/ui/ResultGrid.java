package io.espalier.web.models.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.AttachmentType;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.server.streams.DownloadEvent;
import com.vaadin.flow.server.streams.DownloadHandler;
import io.espalier.domain.job.JobState;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.job.ArtifactKind;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.model.Results;
import io.espalier.web.download.ZipDownload;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;

/** The models that jobs have made, newest first: to download, or to go on from. */
final class ResultGrid extends Div {

  private static final JobFilter SUCCEEDED = new JobFilter(null, Set.of(JobState.SUCCEEDED));

  private final CurrentUser user;
  private final Jobs jobs;
  private final Results results;
  private final ZipDownload zips;

  ResultGrid(CurrentUser user, Jobs jobs, Results results, ZipDownload zips) {
    this.user = user;
    this.jobs = jobs;
    this.results = results;
    this.zips = zips;
    addClassName("grow");
    add(grid());
  }

  private Component grid() {
    var grid = new CursorGrid<JobView>("Results of jobs");
    grid.addComponentColumn(job ->
            Cell.link(
                "jobs/" + job.id(),
                job.name(),
                "%s · %s v%d"
                    .formatted(job.baseModel().name(), job.dataset().name(), job.datasetVersion())))
        .setHeader("Job")
        .setFlexGrow(3)
        .setWidth("10rem");
    grid.addComponentColumn(ResultGrid::metric)
        .setHeader("Test metric")
        .setFlexGrow(0)
        .setWidth("8rem");
    grid.addColumn(job -> job.training() == null ? "–" : job.training().protocol().label())
        .setKey("protocol")
        .setHeader("Protocol")
        .setFlexGrow(1)
        .setWidth("8rem");
    grid.addComponentColumn(job -> Table.number(job.spent().toString()))
        .setKey("cost")
        .setHeader("GPU time")
        .setFlexGrow(0)
        .setWidth("8rem");
    grid.addComponentColumn(this::actions)
        .setKey("action")
        .setHeader("")
        .setFlexGrow(0)
        .setWidth("16rem");
    Narrow.hide(grid, "protocol", "cost", "action");
    grid.show(
        page -> jobs.list(user.principal(), SUCCEEDED, page),
        JobView::id,
        new EmptyState(
            "No job has made a model yet",
            "What a job has made can be downloaded here, and be the base of another fine-tune.",
            LinkButton.primary("new", "New fine-tune")));
    return grid;
  }

  private static Component metric(JobView job) {
    var result = job.result();
    if (result == null) return new Span("–");
    return new Cell(
        Table.number(Words.percent(result.after())),
        Cell.quiet("from " + Words.percent(result.before())));
  }

  private Component actions(JobView job) {
    var download =
        new Anchor(
            (DownloadHandler) event -> send(event, job.id()), AttachmentType.DOWNLOAD, "Download");
    download.addClassName("link-button");
    download.getElement().setAttribute("aria-label", "Download the model of " + job.name());
    var actions = new Div(download);
    actions.addClassName("row-actions");
    var role = user.principal().teams().get(job.team());
    if (role != null && role.includes(Role.MEMBER)) {
      actions.add(new Button("Use as base", _ -> adopt(job)));
    }
    return actions;
  }

  private void send(DownloadEvent event, UUID id) throws IOException {
    var who = user.principal();
    var merged =
        jobs.artifacts(who, id).stream()
            .filter(artifact -> artifact.kind() == ArtifactKind.MERGED_MODEL)
            .findFirst()
            .orElseThrow(() -> Absent.of("model of job", id));
    event.setFileName(zips.name(jobs.get(who, id), merged));
    event.setContentType("application/zip");
    try (var out = event.getOutputStream()) {
      zips.write(merged, out);
    }
  }

  private void adopt(JobView job) {
    var name = new TextField("Name");
    name.setWidthFull();
    name.setValue(job.name());
    name.setHelperText("Your team's jobs can begin from it");
    new FormDialog(
            "Use as a base model",
            "Add to the base models",
            () -> {
              var model = results.adopt(user.principal(), job.id(), name.getValue());
              getUI().ifPresent(ui -> ui.navigate("models/" + model.id()));
            },
            name)
        .open();
  }
}
