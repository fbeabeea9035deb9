package io.espalier.web.rest;

import io.espalier.datasets.gate.Inspection;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.domain.data.DataLayout;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.dataset.DatasetView;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.dataset.Registration;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.problem.ProblemResponse;
import io.espalier.web.upload.Uploads;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Data sets: registered from an upload, in versions that never change. */
@RestController
@RequestMapping("/api/v1")
class DatasetController {

  private final Datasets datasets;
  private final Uploads uploads;

  DatasetController(Datasets datasets, Uploads uploads) {
    this.datasets = datasets;
    this.uploads = uploads;
  }

  /** Data sets of one team, or of all of the caller's, newest first. */
  @GetMapping("/datasets")
  Page<DatasetView> list(
      @AuthenticationPrincipal Principal user,
      @RequestParam @Nullable UUID team,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam @Nullable String after) {
    return datasets.page(user, team, name, new PageRequest(limit, after));
  }

  /** The versions of a data set, newest first. */
  @GetMapping("/datasets/{dataset}/versions")
  List<DatasetVersion> versions(
      @AuthenticationPrincipal Principal user, @PathVariable UUID dataset) {
    return datasets.versions(user, dataset);
  }

  /** One version with the report of its check. */
  @GetMapping("/dataset-versions/{version}")
  DatasetVersion version(@AuthenticationPrincipal Principal user, @PathVariable UUID version) {
    return datasets.version(user, version);
  }

  /**
   * A first look at an upload: the layout that it seems to have, its columns and first rows.
   * Nothing is kept.
   */
  @PostMapping(
      path = "/datasets/inspect",
      consumes = {
        "application/zip",
        "text/csv",
        "text/tab-separated-values",
        "application/jsonl",
        "application/x-ndjson",
        MediaType.APPLICATION_OCTET_STREAM_VALUE
      })
  Inspection inspect(
      @AuthenticationPrincipal Principal user, @RequestParam UUID team, HttpServletRequest request)
      throws IOException {
    return uploads.receive(
        request.getInputStream(), upload -> datasets.inspect(user, team, upload));
  }

  /**
   * Registers a zip of image folders, a table of texts (CSV, TSV or JSONL), or a zip with a table
   * for each split. Without the parameters text and label the layout is guessed. The body is the
   * file itself, written to disk as it comes.
   */
  @PostMapping(
      path = "/datasets",
      consumes = {
        "application/zip",
        "text/csv",
        "text/tab-separated-values",
        "application/jsonl",
        "application/x-ndjson",
        MediaType.APPLICATION_OCTET_STREAM_VALUE
      })
  ResponseEntity<?> register(
      @AuthenticationPrincipal Principal user,
      @RequestParam UUID team,
      @RequestParam String name,
      @RequestParam @Nullable String text,
      @RequestParam @Nullable String secondText,
      @RequestParam @Nullable String label,
      HttpServletRequest request)
      throws IOException {
    return register(
        user, team, name, Given.columns(text, secondText, label), request.getInputStream());
  }

  /** The same for forms. */
  @PostMapping(path = "/datasets", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  ResponseEntity<?> register(
      @AuthenticationPrincipal Principal user,
      @RequestParam UUID team,
      @RequestParam String name,
      @RequestParam @Nullable String text,
      @RequestParam @Nullable String secondText,
      @RequestParam @Nullable String label,
      @RequestPart MultipartFile file)
      throws IOException {
    try (var content = file.getInputStream()) {
      return register(user, team, name, Given.columns(text, secondText, label), content);
    }
  }

  private ResponseEntity<?> register(
      Principal user, UUID team, String name, Optional<DataLayout> layout, InputStream content) {
    var registration =
        uploads.receive(
            content,
            upload ->
                layout
                    .map(given -> datasets.register(user, team, name, upload, given))
                    .orElseGet(() -> datasets.register(user, team, name, upload)));
    return switch (registration) {
      case Registration.Accepted(var version, boolean isNew) ->
          ResponseEntity.status(isNew ? HttpStatus.CREATED : HttpStatus.OK).body(version);
      case Registration.Rejected(var report) -> unusable(report);
    };
  }

  private static ResponseEntity<?> unusable(DatasetReport report) {
    var detail = ProblemResponse.detail(report.blocking().getFirst());
    detail.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
    detail.setProperty("report", report);
    return ResponseEntity.status(detail.getStatus())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(detail);
  }
}
