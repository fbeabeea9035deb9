package io.espalier.orchestrator.job;

import io.espalier.domain.job.TaskKind;
import java.time.Instant;

/** One line of a trainer, without control characters; still to be escaped wherever it is shown. */
public record LogLine(long id, TaskKind task, String level, String text, Instant at) {}
