package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One movement of a team's account; one that funds is for no job. */
public record TeamEntry(
    long id,
    EntryKind kind,
    GpuTime amount,
    Money money,
    @Nullable UUID job,
    @Nullable String jobName,
    String reason,
    Instant at) {}
