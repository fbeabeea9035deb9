package io.espalier.orchestrator.job;

import io.espalier.domain.wire.NamedBlob;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Something that a job made, to be downloaded as a folder of files. */
public record Artifact(UUID id, ArtifactKind kind, List<NamedBlob> files, Instant createdAt) {

  public long bytes() {
    return files.stream().mapToLong(file -> file.blob().bytes()).sum();
  }
}
