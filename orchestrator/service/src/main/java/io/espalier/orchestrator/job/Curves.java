package io.espalier.orchestrator.job;

import java.time.Instant;
import java.util.List;

/** The metrics of a job, each thinned out to at most {@link #MOST_POINTS}. */
public record Curves(List<Series> series) {

  public static final int MOST_POINTS = 1000;

  /** {@code name} such as {@code train/loss}; points in the order of their steps. */
  public record Series(String name, List<Point> points) {}

  public record Point(int step, double value, Instant at) {}
}
