package io.espalier.domain.selection;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.unit.GpuTime;
import org.jspecify.annotations.Nullable;

/**
 * All that the choice depends on; stored with the decision, so that it replays.
 *
 * @param budget what is left for training and evaluation
 * @param requested the person's own choice, or null for Espalier's
 */
public record SelectionInput(
    DataProfile profile,
    ModelFacts model,
    GpuTime budget,
    @Nullable Protocol requested,
    long seed) {}
