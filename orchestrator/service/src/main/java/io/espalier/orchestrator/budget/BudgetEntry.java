package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One movement of an account; {@code lease} and {@code slice} are absent for one that funds. */
public record BudgetEntry(
    long id,
    EntryKind kind,
    GpuTime amount,
    Money money,
    @Nullable UUID lease,
    @Nullable Integer slice,
    String reason,
    Instant at) {}
