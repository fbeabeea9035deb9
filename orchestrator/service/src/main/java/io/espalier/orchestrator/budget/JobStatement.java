package io.espalier.orchestrator.budget;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One line of a team's statement. */
public record JobStatement(
    UUID job,
    String name,
    String owner,
    JobState state,
    @Nullable PauseReason pauseReason,
    @Nullable FailureReason failureReason,
    Instant submittedAt,
    GpuTime cap,
    GpuTime held,
    GpuTime spent,
    Money moneyHeld,
    Money moneySpent) {}
