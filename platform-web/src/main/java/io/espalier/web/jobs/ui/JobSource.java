package io.espalier.web.jobs.ui;

import io.espalier.datasets.Split;
import io.espalier.datasets.table.TextSample;
import io.espalier.datasets.table.TextTable;
import io.espalier.domain.data.DataLayout;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.JobCost;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.job.Artifact;
import io.espalier.orchestrator.job.Curves;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.job.LogLine;
import io.espalier.orchestrator.job.Transition;
import io.espalier.orchestrator.schedule.Outlook;
import io.espalier.orchestrator.schedule.Outlooks;
import io.espalier.web.security.CurrentUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads one job with the rights that the user has at the moment of reading. */
final class JobSource {

  private final UUID id;
  private final CurrentUser user;
  private final Jobs jobs;
  private final Budgets budgets;
  private final Datasets datasets;
  private final BlobStore blobs;
  private final Outlooks outlooks;

  JobSource(
      UUID id,
      CurrentUser user,
      Jobs jobs,
      Budgets budgets,
      Datasets datasets,
      BlobStore blobs,
      Outlooks outlooks) {
    this.id = id;
    this.user = user;
    this.jobs = jobs;
    this.budgets = budgets;
    this.datasets = datasets;
    this.blobs = blobs;
    this.outlooks = outlooks;
  }

  UUID id() {
    return id;
  }

  JobView view() {
    return jobs.get(user.principal(), id);
  }

  /** Where the job stands in its queue, and when it will start. */
  Optional<Outlook> outlook() {
    return outlooks.of(user.principal(), id);
  }

  /** Whether the user may change the job, or only look at it. */
  boolean isMine(JobView job) {
    var role = user.principal().teams().get(job.team());
    return role != null && role.includes(Role.MEMBER);
  }

  JobView cancel() {
    return jobs.cancel(user.principal(), id);
  }

  JobView pause() {
    return jobs.pause(user.principal(), id);
  }

  JobView resume() {
    return jobs.resume(user.principal(), id);
  }

  List<Transition> timeline() {
    return jobs.timeline(user.principal(), id);
  }

  Curves curves() {
    return jobs.curves(user.principal(), id);
  }

  Curves curvesAfter(Instant moment) {
    return jobs.curvesAfter(user.principal(), id, moment);
  }

  JobCost cost() {
    return budgets.ofJob(user.principal(), id);
  }

  List<LogLine> logTail(int limit) {
    return jobs.logTail(user.principal(), id, limit);
  }

  List<LogLine> logAfter(long line, int limit) {
    return jobs.log(user.principal(), id, line, limit);
  }

  List<Artifact> artifacts() {
    return jobs.artifacts(user.principal(), id);
  }

  Artifact artifact(UUID artifact) {
    return jobs.artifact(user.principal(), id, artifact);
  }

  /** The file that the job learns from. */
  Path archive() {
    return blobs.file(data().sha256());
  }

  /** How samples are found in it. */
  DataLayout layout() {
    return data().layout();
  }

  private DatasetVersion data() {
    return datasets.version(user.principal(), view().datasetVersionId());
  }

  /** Test texts by the names that the trainer gave them; none for images. */
  Map<String, TextSample> texts(Collection<String> names) {
    var data = data();
    if (!(data.layout() instanceof DataLayout.OfTexts columns)) return Map.of();
    try (var table = TextTable.open(blobs.file(data.sha256()), columns)) {
      return table.samples(Split.TEST).stream()
          .filter(sample -> names.contains(sample.name()))
          .collect(Collectors.toMap(TextSample::name, sample -> sample));
    } catch (IOException e) {
      throw new UncheckedIOException("The texts of " + data.name() + " cannot be read", e);
    }
  }

  Path file(String sha256) {
    return blobs.file(sha256);
  }
}
