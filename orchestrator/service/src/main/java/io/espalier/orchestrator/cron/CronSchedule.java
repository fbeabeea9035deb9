package io.espalier.orchestrator.cron;

import io.espalier.orchestrator.job.Submission;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A submission with the times at which it is made.
 *
 * @param owner in whose name it submits, with the role that the owner has then
 * @param cron Quartz's six or seven fields: seconds, minutes, hours, day of month, month, day of
 *     week, year
 * @param nextFireAt null if it is paused or never fires again
 */
public record CronSchedule(
    UUID id,
    UUID team,
    UUID owner,
    String name,
    String cron,
    ZoneId zone,
    Submission submission,
    boolean paused,
    @Nullable Instant nextFireAt) {}
