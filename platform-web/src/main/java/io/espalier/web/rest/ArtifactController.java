package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.job.Artifact;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.web.download.ZipDownload;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a job made, to be downloaded: file by file (also in ranges), or as one zip. */
@RestController
@RequestMapping("/api/v1/jobs/{job}/artifacts")
class ArtifactController {

  private final Jobs jobs;
  private final BlobStore blobs;
  private final ZipDownload zips;

  ArtifactController(Jobs jobs, BlobStore blobs, ZipDownload zips) {
    this.jobs = jobs;
    this.blobs = blobs;
    this.zips = zips;
  }

  /** What the job has made, file by file. */
  @GetMapping
  List<Artifact> list(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return jobs.artifacts(user, job);
  }

  /** One file; ranges are answered. */
  @GetMapping("/{artifact}/files/{*name}")
  ResponseEntity<Resource> file(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID job,
      @PathVariable UUID artifact,
      @PathVariable String name) {
    var wanted = name.substring(1); // the pattern keeps the slash
    var file =
        jobs.artifact(user, job, artifact).files().stream()
            .filter(one -> one.name().equals(wanted))
            .findFirst()
            .orElseThrow(() -> Absent.of("file", wanted));
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .header(HttpHeaders.CONTENT_DISPOSITION, attachment(wanted))
        .eTag("\"" + file.blob().sha256() + "\"")
        .body(new FileSystemResource(blobs.file(file.blob().sha256())));
  }

  /** All files of one artifact as a zip. */
  @GetMapping("/{artifact}/zip")
  void zip(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID job,
      @PathVariable UUID artifact,
      HttpServletResponse response)
      throws IOException {
    var found = jobs.artifact(user, job, artifact);
    response.setContentType("application/zip");
    var name = zips.name(jobs.get(user, job), found);
    response.setHeader(HttpHeaders.CONTENT_DISPOSITION, attachment(name));
    zips.write(found, response.getOutputStream());
  }

  private static String attachment(String name) {
    var last = name.substring(name.lastIndexOf('/') + 1);
    return ContentDisposition.attachment().filename(last).build().toString();
  }
}
