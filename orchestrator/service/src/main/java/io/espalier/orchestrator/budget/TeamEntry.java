package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One movement of a team's account; a credit is for no job. */
public record TeamEntry(
    long id,
    EntryKind kind,
    GpuTime amount,
    @Nullable UUID job,
    @Nullable String jobName,
    String reason,
    Instant at) {}
