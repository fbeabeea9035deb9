package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.BeforeEnterObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.schedule.Outlooks;
import io.espalier.web.download.ZipDownload;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.util.UUID;

/** One job, from its submission to its model. Everything on it is read from what is stored. */
@Route("jobs/:id")
@PermitAll
final class JobDetailView extends Div implements BeforeEnterObserver, HasDynamicTitle {

  private final CurrentUser user;
  private final Jobs jobs;
  private final Budgets budgets;
  private final Changes changes;
  private final BlobStore blobs;
  private final Datasets datasets;
  private final ZipDownload zips;
  private final Outlooks outlooks;
  private String title = "Job · Espalier";

  JobDetailView(
      CurrentUser user,
      Jobs jobs,
      Budgets budgets,
      Datasets datasets,
      BlobStore blobs,
      ZipDownload zips,
      Outlooks outlooks,
      Changes changes) {
    this.user = user;
    this.jobs = jobs;
    this.budgets = budgets;
    this.changes = changes;
    this.blobs = blobs;
    this.datasets = datasets;
    this.zips = zips;
    this.outlooks = outlooks;
    addClassNames("page", "job-page");
  }

  /** Going from one job to another keeps this view and replaces what is in it. */
  @Override
  public void beforeEnter(BeforeEnterEvent event) {
    var id = parse(event.getRouteParameters().get("id").orElse(""));
    var source = new JobSource(id, user, jobs, budgets, datasets, blobs, outlooks);
    var job = source.view();
    title = job.name() + " · Espalier";
    removeAll();
    add(new JobBoard(source, job, changes, zips));
  }

  @Override
  public String getPageTitle() {
    return title;
  }

  private static UUID parse(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException _) {
      throw Absent.of("job", id);
    }
  }
}
