package io.espalier.orchestrator.model;

import io.espalier.domain.data.Modality;
import io.espalier.domain.selection.ModelFacts;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A base model in a list.
 *
 * @param team whose it is; null if the platform offers it to all
 * @param reads what its samples are
 * @param bytes of all its files
 * @param notes what the check at its import found worth saying
 */
public record BaseModel(
    UUID id,
    @Nullable UUID team,
    String name,
    String family,
    Modality reads,
    long parameters,
    ModelFacts facts,
    long bytes,
    List<String> notes,
    Instant createdAt) {}
