package io.espalier.orchestrator.schedule;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a team may have of a pool, in slots.
 *
 * @param weight share of what the guarantees leave, relative to other teams
 * @param guarantee its own whenever it wants it
 * @param ceiling never more than this; null for no limit
 * @param held slots that it has now
 */
public record TeamQuota(
    UUID team,
    String teamName,
    String pool,
    int weight,
    int guarantee,
    @Nullable Integer ceiling,
    int held) {}
