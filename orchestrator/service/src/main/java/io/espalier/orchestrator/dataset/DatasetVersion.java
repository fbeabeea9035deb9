package io.espalier.orchestrator.dataset;

import io.espalier.datasets.report.DatasetReport;
import io.espalier.domain.data.DataLayout;
import java.time.Instant;
import java.util.UUID;

/**
 * One content of a data set; it never changes.
 *
 * @param sha256 of the archive, as it was uploaded
 * @param layout how samples are found in it
 * @param report what the gate found
 * @param createdBy name of the person
 */
public record DatasetVersion(
    UUID id,
    UUID datasetId,
    UUID team,
    String name,
    int number,
    String sha256,
    DataLayout layout,
    long bytes,
    int train,
    int validation,
    int test,
    DatasetReport report,
    String createdBy,
    Instant createdAt) {}
