package io.espalier.web.rest;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.StartWindow;
import io.espalier.orchestrator.job.Scheduling;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When and where a job may run; what is absent is not asked for.
 *
 * @param priority {@code urgent}, {@code normal} or {@code scavenger}, within the team
 * @param slots of one host, all at once
 * @param labels that the host must carry
 * @param pool GPU type
 * @param notBefore no task starts earlier
 * @param window when tasks may start
 * @param deadline the job is ended if it is not finished by then
 */
record SchedulingBody(
    @Nullable String priority,
    @Nullable Integer slots,
    @Nullable List<String> labels,
    @Nullable String pool,
    @Nullable Instant notBefore,
    @Nullable Window window,
    @Nullable Instant deadline) {

  /**
   * @param days such as {@code MONDAY}; all if absent
   * @param from such as {@code 22:00}
   * @param until past midnight if it is not after {@code from}
   * @param zone such as {@code Europe/Berlin}
   */
  record Window(
      @Nullable List<String> days,
      @Nullable String from,
      @Nullable String until,
      @Nullable String zone) {

    StartWindow read() {
      return new StartWindow(
          weekdays(),
          time("window.from", from),
          time("window.until", until),
          Given.zone("window.zone", zone));
    }

    private Set<DayOfWeek> weekdays() {
      if (days == null || days.isEmpty()) return EnumSet.allOf(DayOfWeek.class);
      var weekdays = EnumSet.noneOf(DayOfWeek.class);
      for (var day : days) weekdays.add(Given.constant("window.days", day, DayOfWeek.class));
      return weekdays;
    }

    private static LocalTime time(String field, @Nullable String text) {
      try {
        return LocalTime.parse(Given.required(field, text));
      } catch (DateTimeException e) {
        throw new Refused(
            Problem.of(
                    "time-of-day",
                    Category.INVALID,
                    field,
                    "This is no time of day.",
                    "Write hours and minutes, such as 22:00.")
                .found(String.valueOf(text)),
            e);
      }
    }
  }

  static Scheduling read(@Nullable SchedulingBody body) {
    if (body == null) return Scheduling.PLAIN;
    return new Scheduling(
        body.priority == null
            ? PriorityClass.NORMAL
            : Given.constant("priority", body.priority, PriorityClass.class),
        body.slots == null ? 1 : body.slots,
        body.labels == null ? List.of() : body.labels,
        body.pool,
        body.notBefore,
        body.window == null ? null : body.window.read(),
        body.deadline);
  }
}
