package io.espalier.simulation.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static final int JOBS = 1000;

  @Test
  void theEstimateForNineStartsInTenIsKeptByAboutNineInTen() {
    long estimates = 0;
    double kept = 0;
    // A single short trace is one night or one day: three of them together are neither.
    for (long seed = 1; seed <= 3; seed++) {
      var forecasts = Comparison.forecasts(Workload.drawn(seed, JOBS, 0.9));
      estimates += forecasts.count();
      kept += forecasts.coverage() * forecasts.count();
    }
    assertThat(estimates).isGreaterThan(2000);
    assertThat(kept / estimates).isBetween(0.85, 0.95);
  }

  @Test
  void whereEverybodyWantsMoreEachTeamGetsItsDue() {
    assertThat(Comparison.convergence(1, JOBS)).isLessThan(0.05);
  }
}
