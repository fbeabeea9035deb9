package io.espalier.orchestrator.dataset;

import io.espalier.datasets.report.DatasetReport;

/** The gate's answer to an upload. */
public sealed interface Registration {

  /** Stored. {@code isNew} is false if the data set had this very content already. */
  record Accepted(DatasetVersion version, boolean isNew) implements Registration {}

  /** Nothing is stored; {@code report.blocking()} says what must be mended. */
  record Rejected(DatasetReport report) implements Registration {}
}
