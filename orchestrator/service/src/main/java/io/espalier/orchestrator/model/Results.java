package io.espalier.orchestrator.model;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.job.ArtifactKind;
import io.espalier.orchestrator.job.Jobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.util.FileSystemUtils;

/** What jobs have made, as a beginning for others. */
public final class Results {

  private final Jobs jobs;
  private final BaseModels models;
  private final BlobStore blobs;

  public Results(Jobs jobs, BaseModels models, BlobStore blobs) {
    this.jobs = jobs;
    this.models = models;
    this.blobs = blobs;
  }

  /** Makes the merged model of a job a base model of its team. It is checked like any import. */
  public BaseModel adopt(Principal principal, UUID job, String name) {
    var team = jobs.get(principal, job).team();
    var merged =
        jobs.artifacts(principal, job).stream()
            .filter(artifact -> artifact.kind() == ArtifactKind.MERGED_MODEL)
            .findFirst()
            .orElseThrow(() -> nothing(job));
    try {
      var folder = Files.createTempDirectory("espalier-result");
      try {
        for (var file : merged.files()) copy(file, folder);
        return models.importFolder(principal, team, name, folder);
      } finally {
        FileSystemUtils.deleteRecursively(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The model of job " + job + " cannot be laid out", e);
    }
  }

  private void copy(NamedBlob file, Path folder) throws IOException {
    var name = file.name().substring(file.name().lastIndexOf('/') + 1);
    Files.copy(blobs.file(file.blob().sha256()), folder.resolve(name));
  }

  private static Refused nothing(UUID job) {
    return new Refused(
        Problem.of(
            "no-merged-model",
            Category.CONFLICT,
            "job " + job,
            "The job has made no whole model.",
            "Wait until it has succeeded, or take another one."));
  }
}
