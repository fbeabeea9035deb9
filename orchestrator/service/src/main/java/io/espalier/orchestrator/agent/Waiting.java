package io.espalier.orchestrator.agent;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.WaitingReason;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task that waits for a slot.
 *
 * @param reason the dominant one by the last plan; null until there was one
 * @param sentence the planner's, for those who may know whose it is
 */
public record Waiting(
    UUID task,
    Whose whose,
    TaskKind kind,
    @Nullable WaitingReason reason,
    @Nullable String sentence,
    Instant since) {}
