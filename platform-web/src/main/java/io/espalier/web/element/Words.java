package io.espalier.web.element;

import io.espalier.domain.job.JobState;
import io.espalier.domain.unit.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** How pages write states, times and numbers. English, with a decimal point. */
public final class Words {

  public static String of(JobState state) {
    var name = lower(state);
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  /** {@code OUT_OF_MEMORY} becomes {@code out of memory}. */
  public static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** A share as a percentage: {@code 91.2 %}. */
  public static String percent(double share) {
    return format("%.1f %%", 100 * share);
  }

  public static String bytes(long bytes) {
    return new Bytes(bytes).toString();
  }

  /** {@code 1,234}. */
  public static String count(long number) {
    return format("%,d", number);
  }

  /** {@code 1 image}, {@code 2 images}. */
  public static String count(long number, String one, String many) {
    return count(number) + " " + (number == 1 ? one : many);
  }

  /** {@code 5.5 million}, {@code 860 thousand}. */
  public static String large(long number) {
    if (number >= 1_000_000_000) return format("%.1f billion", number / 1e9);
    if (number >= 1_000_000) return format("%.1f million", number / 1e6);
    if (number >= 10_000) return format("%.0f thousand", number / 1e3);
    return count(number);
  }

  /**
   * The two largest units: {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 4 d 3 h}.
   */
  public static String span(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) return seconds + " s";
    if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
    if (seconds < 86_400) return two(seconds / 3600, "h", seconds / 60 % 60, "min");
    return two(seconds / 86_400, "d", seconds / 3600 % 24, "h");
  }

  /** {@code just now}, {@code 3 min ago}, {@code 2 d ago}. */
  public static String ago(Instant moment, Instant now) {
    long seconds = Duration.between(moment, now).toSeconds();
    if (seconds < 10) return "just now";
    if (seconds < 60) return seconds + " s ago";
    if (seconds < 3600) return seconds / 60 + " min ago";
    if (seconds < 86_400) return seconds / 3600 + " h ago";
    return seconds / 86_400 + " d ago";
  }

  /** {@code 2026-11-27 21:40}, in UTC. */
  public static String minute(Instant moment) {
    return moment.toString().substring(0, 16).replace('T', ' ');
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    var text = large + " " + largeUnit;
    return small == 0 ? text : text + " " + small + " " + smallUnit;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private Words() {}
}
