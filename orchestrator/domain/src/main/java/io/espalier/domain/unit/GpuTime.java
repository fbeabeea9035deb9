package io.espalier.domain.unit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.Locale;

/**
 * Slots × time, in GPU-milliseconds: what a budget is counted in. One slot for one second is 1,000.
 * On the wire it is the bare number.
 */
public record GpuTime(@JsonValue long millis) implements Comparable<GpuTime> {

  public static final GpuTime ZERO = new GpuTime(0);

  private static final double MILLIS_PER_HOUR = 3_600_000;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public GpuTime {}

  public static GpuTime ofSeconds(double seconds) {
    return new GpuTime(Math.round(seconds * 1000));
  }

  public static GpuTime ofHours(double hours) {
    return new GpuTime(Math.round(hours * MILLIS_PER_HOUR));
  }

  /** What {@code slots} slots use in {@code span}. */
  public static GpuTime of(int slots, Duration span) {
    return new GpuTime(Math.multiplyExact(slots, span.toMillis()));
  }

  public GpuTime plus(GpuTime other) {
    return new GpuTime(Math.addExact(millis, other.millis));
  }

  public GpuTime minus(GpuTime other) {
    return new GpuTime(Math.subtractExact(millis, other.millis));
  }

  public GpuTime times(double factor) {
    return new GpuTime(Math.round(millis * factor));
  }

  public GpuTime atMost(GpuTime limit) {
    return millis <= limit.millis ? this : limit;
  }

  public boolean isMoreThan(GpuTime other) {
    return millis > other.millis;
  }

  public double seconds() {
    return millis / 1000.0;
  }

  public double hours() {
    return millis / MILLIS_PER_HOUR;
  }

  @Override
  public int compareTo(GpuTime other) {
    return Long.compare(millis, other.millis);
  }

  /** For people: {@code 42.0 GPU-s} below ten minutes, else {@code 1.25 GPU-h}. */
  @Override
  public String toString() {
    return Math.abs(millis) < 600_000
        ? String.format(Locale.ROOT, "%.1f GPU-s", seconds())
        : String.format(Locale.ROOT, "%.2f GPU-h", hours());
  }
}
