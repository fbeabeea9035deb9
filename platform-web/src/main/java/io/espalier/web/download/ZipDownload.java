package io.espalier.web.download;

import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.job.Artifact;
import io.espalier.orchestrator.job.JobView;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.springframework.stereotype.Component;

/** An artifact as one zip, written while it is sent: nothing of it is kept. */
@Component
public class ZipDownload {

  private final BlobStore blobs;

  ZipDownload(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** A file name such as {@code flowers-merged-model.zip}, in plain characters. */
  public String name(JobView job, Artifact artifact) {
    var kind = artifact.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    var plain = job.name().replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[-.]+|[-.]+$", "");
    return (plain.isEmpty() ? "job" : plain) + "-" + kind + ".zip";
  }

  /** Leaves {@code out} open. */
  public void write(Artifact artifact, OutputStream out) throws IOException {
    var zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.NO_COMPRESSION); // weights are noise to a compressor
    int folder = commonFolder(artifact.files());
    for (var file : artifact.files()) {
      var entry = new ZipEntry(file.name().substring(folder));
      entry.setTime(artifact.createdAt().toEpochMilli());
      zip.putNextEntry(entry);
      Files.copy(blobs.file(file.blob().sha256()), zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** Length of the folder, with its slash, that all files are in: where the trainer put them. */
  private static int commonFolder(List<NamedBlob> files) {
    var first = files.isEmpty() ? "" : files.getFirst().name();
    int length = first.lastIndexOf('/') + 1;
    while (length > 0) {
      var folder = first.substring(0, length);
      if (files.stream().allMatch(file -> file.name().startsWith(folder))) return length;
      length = folder.lastIndexOf('/', length - 2) + 1;
    }
    return 0;
  }
}
