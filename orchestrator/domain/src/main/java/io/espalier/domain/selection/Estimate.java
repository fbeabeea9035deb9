package io.espalier.domain.selection;

/** A mean with its standard error. */
public record Estimate(double mean, double standardError) {}
