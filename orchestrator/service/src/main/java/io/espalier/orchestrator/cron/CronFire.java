package io.espalier.orchestrator.cron;

import io.espalier.domain.problem.Problem;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of one fire time: a job, or the reason why there is none. */
public record CronFire(Instant at, @Nullable UUID job, @Nullable Problem problem) {}
