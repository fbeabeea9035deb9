package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.AttachmentType;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.server.streams.DownloadEvent;
import com.vaadin.flow.server.streams.DownloadHandler;
import com.vaadin.flow.server.streams.DownloadResponse;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.job.Artifact;
import io.espalier.orchestrator.job.ArtifactKind;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.download.ZipDownload;
import io.espalier.web.element.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** What the job has made. The rights are looked at again for every download. */
final class DownloadsPanel extends Panel {

  private final JobSource source;
  private final ZipDownload zips;
  private final Div content = new Div();
  private List<Artifact> shown = List.of();

  DownloadsPanel(JobSource source, ZipDownload zips) {
    super("Downloads");
    this.source = source;
    this.zips = zips;
    content.addClassName("stack");
    add(content);
    setVisible(false);
  }

  @Override
  void show(JobView job) {
    if (job.result() == null || !shown.isEmpty()) return;
    shown =
        source.artifacts().stream()
            .filter(artifact -> artifact.kind() != ArtifactKind.WEIGHTS)
            .sorted(Comparator.comparing(Artifact::kind))
            .toList();
    setVisible(!shown.isEmpty());
    for (var artifact : shown) content.add(entry(job, artifact));
  }

  private Component entry(JobView job, Artifact artifact) {
    var button =
        new Anchor(
            (DownloadHandler) event -> sendZip(event, job, artifact.id()),
            AttachmentType.DOWNLOAD,
            "Download " + label(artifact.kind()));
    button.addClassName("link-button");
    if (artifact.kind() == ArtifactKind.MERGED_MODEL) button.addClassName("primary");
    var about = new Paragraph(about(artifact.kind()) + " " + Words.bytes(artifact.bytes()) + ".");
    about.addClassName("secondary");
    var files = new UnorderedList();
    files.addClassName("files");
    for (var file : artifact.files()) files.add(file(artifact, file));
    var details = new Details(Words.count(artifact.files().size(), "file", "files"), files);
    details.addClassName("quiet");
    var entry = new Div(button, about, details);
    entry.addClassName("download");
    return entry;
  }

  private ListItem file(Artifact artifact, NamedBlob file) {
    var link =
        new Anchor(
            DownloadHandler.fromInputStream(_ -> response(artifact, file)),
            AttachmentType.DOWNLOAD,
            file.name());
    link.addClassName("file");
    var size = new Span(Words.bytes(file.blob().bytes()));
    size.addClassNames("secondary", "number");
    return new ListItem(link, size);
  }

  private DownloadResponse response(Artifact artifact, NamedBlob file) throws IOException {
    source.artifact(artifact.id());
    return new DownloadResponse(
        Files.newInputStream(source.file(file.blob().sha256())),
        file.name(),
        "application/octet-stream",
        file.blob().bytes());
  }

  private void sendZip(DownloadEvent event, JobView job, UUID id) throws IOException {
    var artifact = source.artifact(id);
    event.setFileName(zips.name(job, artifact));
    event.setContentType("application/zip");
    try (var out = event.getOutputStream()) {
      zips.write(artifact, out);
    }
  }

  private static String label(ArtifactKind kind) {
    return switch (kind) {
      case MERGED_MODEL -> "model";
      case ADAPTER -> "adapter";
      case WEIGHTS -> "weights";
    };
  }

  private static String about(ArtifactKind kind) {
    return switch (kind) {
      case MERGED_MODEL -> "The whole model in Hugging Face's layout: it loads anywhere.";
      case ADAPTER -> "A PEFT adapter for the base model.";
      case WEIGHTS -> "As the trainer keeps them.";
    };
  }
}
