package io.espalier.orchestrator.job;

import io.espalier.domain.job.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A step of a job's timeline; {@code from} is absent for the first. */
public record Transition(
    @Nullable JobState from, JobState to, @Nullable String reason, Instant at) {}
