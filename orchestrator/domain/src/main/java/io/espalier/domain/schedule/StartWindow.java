package io.espalier.domain.schedule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * When a task may start: on some days of the week, from one time until another; past midnight if
 * {@code until} is not after {@code from}. A task that runs is not stopped when its window closes.
 */
public record StartWindow(Set<DayOfWeek> days, LocalTime from, LocalTime until, ZoneId zone) {

  public StartWindow {
    if (days.isEmpty()) throw new IllegalArgumentException("A start window opens on no day");
    // In the order of the week, so that it is always written the same.
    days = Collections.unmodifiableSet(EnumSet.copyOf(days));
  }

  /** A stretch of time in which a start is allowed. */
  public record Opening(Instant from, Instant until) {
    public boolean contains(Instant moment) {
      return !moment.isBefore(from) && moment.isBefore(until);
    }
  }

  /** The opening at {@code moment}, or else the next one after it. */
  public Opening atOrAfter(Instant moment) {
    var day = moment.atZone(zone).toLocalDate().minusDays(1);
    while (true) {
      if (days.contains(day.getDayOfWeek())) {
        var opening = on(day);
        if (moment.isBefore(opening.until())) return opening;
      }
      day = day.plusDays(1);
    }
  }

  private Opening on(LocalDate day) {
    var end = until.isAfter(from) ? day : day.plusDays(1);
    return new Opening(
        day.atTime(from).atZone(zone).toInstant(), end.atTime(until).atZone(zone).toInstant());
  }
}
