package io.espalier.orchestrator.budget;

import io.espalier.domain.job.JobState;
import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.UUID;

/** One line of a team's statement. */
public record JobStatement(
    UUID job,
    String name,
    String owner,
    JobState state,
    Instant submittedAt,
    GpuTime cap,
    GpuTime held,
    GpuTime spent) {}
