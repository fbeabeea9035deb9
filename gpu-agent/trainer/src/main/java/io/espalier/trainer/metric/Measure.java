package io.espalier.trainer.metric;

/**
 * A metric's value with the interval that 95 % of resampled data sets fall into. Efron 1979,
 * doi:10.1214/aos/1176344552.
 *
 * @param low equal to the value where there is but one sample
 */
public record Measure(Metric metric, double value, double low, double high) {}
