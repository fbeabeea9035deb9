package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.download.ZipDownload;
import io.espalier.web.live.Live;
import java.time.Duration;
import java.util.List;

/** The panels of one job, kept up to date. */
final class JobBoard extends Div {

  /** Curves still seem to flow, and a browser on a slow line keeps up. */
  private static final Duration DISTANCE = Duration.ofMillis(400);

  private final HeadPanel head;
  private final ProgressPanel progress;
  private final List<Panel> panels;

  JobBoard(JobSource source, JobView job, Changes changes, ZipDownload zips) {
    addClassName("board");
    head = new HeadPanel(source);
    progress = new ProgressPanel(source);
    var result = new ResultPanel(source);
    var curves = new CurvesPanel(source);
    var decision = new DecisionPanel();
    var log = new LogPanel(source);
    var cost = new CostPanel(source);
    var downloads = new DownloadsPanel(source, zips);
    var timeline = new TimelinePanel(source);
    panels = List.of(result, curves, decision, log, downloads, cost, timeline);

    var main = new Div(result, curves, decision, log);
    main.addClassName("main-column");
    var side = new Div(downloads, cost, timeline);
    side.addClassName("side-column");
    var columns = new Div(main, side);
    columns.addClassName("columns");
    add(head, progress, columns);

    show(job);
    Live.keep(this, wake -> changes.onJob(source.id(), wake), DISTANCE, () -> show(source.view()));
  }

  private void show(JobView job) {
    head.show(job);
    progress.show(job);
    panels.forEach(panel -> panel.show(job));
  }
}
