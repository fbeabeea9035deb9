package io.espalier.orchestrator.dataset;

import java.time.Instant;
import java.util.UUID;

/** A data set in a list, with its newest version. */
public record DatasetView(
    UUID id, UUID team, String teamName, String name, Instant createdAt, Newest newest) {

  public record Newest(
      UUID versionId,
      int number,
      int classes,
      int train,
      int validation,
      int test,
      long bytes,
      Instant createdAt) {}
}
