package io.espalier.domain.selection;

/**
 * What the choice needs to know of a base model.
 *
 * @param hidden width of the residual stream; small models take larger learning rates
 * @param blocks number of blocks below the head
 * @param forwardFlops floating-point operations of one sample's forward pass
 */
public record ModelFacts(
    String family, long parameters, int hidden, int blocks, double forwardFlops) {}
