package io.espalier.domain.protocol;

/** A protocol with the settings it trains with: all that a trainer needs besides data and model. */
public record Training(Protocol protocol, Settings settings) {}
