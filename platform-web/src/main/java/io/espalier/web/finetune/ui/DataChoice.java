package io.espalier.web.finetune.ui;

import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.dataset.DatasetView;
import java.util.UUID;

/** A dataset version as the form offers it. Two of the same id are the same choice. */
record DataChoice(UUID versionId, UUID team, String name, int number, int images) {

  static DataChoice newest(DatasetView set) {
    var newest = set.newest();
    return new DataChoice(
        newest.versionId(),
        set.team(),
        set.name(),
        newest.number(),
        newest.train() + newest.validation() + newest.test());
  }

  static DataChoice of(DatasetVersion version) {
    return new DataChoice(
        version.id(),
        version.team(),
        version.name(),
        version.number(),
        version.train() + version.validation() + version.test());
  }

  String label() {
    return "%s v%d".formatted(name, number);
  }
}
