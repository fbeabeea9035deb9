package io.espalier.orchestrator.cron;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

/** Reads cron expressions as Quartz does. */
final class FireTimes {

  /** The first time after a moment; null if there is none. */
  static @Nullable Instant next(String cron, ZoneId zone, Instant after) {
    try {
      var expression = new CronExpression(cron);
      expression.setTimeZone(TimeZone.getTimeZone(zone));
      var next = expression.getNextValidTimeAfter(Date.from(after));
      return next == null ? null : next.toInstant();
    } catch (ParseException e) {
      throw new Refused(
          Problem.of(
                  "cron",
                  Category.INVALID,
                  "cron",
                  "This is no cron expression: " + e.getMessage() + ".",
                  "Write seconds, minutes, hours, day of month, month, day of week, such as"
                      + " 0 30 2 ? * MON-FRI.")
              .found(cron),
          e);
    }
  }

  private FireTimes() {}
}
