package io.espalier.web.rest;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a request must, or may, give. */
final class Given {

  /** Far beyond any budget, and far from the end of the numbers. */
  private static final double MOST_MONEY = 1e12;

  private Given() {}

  static <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw new Refused(
          Problem.of(
              "field-missing",
              Category.INVALID,
              field,
              "The request must have this field.",
              "Add it."));
    }
    return value;
  }

  /** The columns of a table of texts; empty for a guess. */
  static Optional<DataLayout> columns(
      @Nullable String text, @Nullable String secondText, @Nullable String label) {
    if (text == null && secondText == null && label == null) return Optional.empty();
    return Optional.of(
        new DataLayout.TextTable(
            required("text", text),
            secondText == null || secondText.isEmpty() ? null : secondText,
            required("label", label)));
  }

  static GpuTime gpuHours(@Nullable Double hours) {
    double given = required("gpuHours", hours);
    if (!(given > 0) || Double.isInfinite(given)) {
      throw new Refused(
          Problem.of(
                  "gpu-hours",
                  Category.INVALID,
                  "gpuHours",
                  "An amount of GPU time is a positive number.",
                  "Send the hours as a number, such as 0.5.")
              .found(given)
              .allowed("more than 0"));
    }
    return GpuTime.ofHours(given);
  }

  /** GPU time, money or both; what is given is positive. */
  static Amount amount(@Nullable Double hours, @Nullable Double money) {
    if (hours == null && money == null) gpuHours(null);
    return new Amount(
        hours == null ? GpuTime.ZERO : gpuHours(hours),
        money == null ? Money.ZERO : money("money", money));
  }

  /** What is absent is nothing. */
  static Amount amountOrNothing(@Nullable Double hours, @Nullable Double money) {
    return new Amount(
        GpuTime.ofHours(hours == null ? 0 : notNegative("gpuHours", hours)),
        Money.of(money == null ? 0 : notNegative("money", money)));
  }

  static Money money(String field, double units) {
    if (!(units > 0) || units > MOST_MONEY) {
      throw new Refused(outside(field, units, "more than 0, at most " + MOST_MONEY));
    }
    return Money.of(units);
  }

  static double notNegative(String field, @Nullable Double number) {
    double given = required(field, number);
    if (!(given >= 0) || given > MOST_MONEY) {
      throw new Refused(outside(field, given, "0 to " + MOST_MONEY));
    }
    return given;
  }

  /** 0 if absent. */
  static int percent(String field, @Nullable Integer percent) {
    if (percent == null) return 0;
    if (percent < 0 || percent > 100) throw new Refused(outside(field, percent, "0 to 100"));
    return percent;
  }

  private static Problem outside(String field, Object found, String allowed) {
    return Problem.of(
            "number-out-of-range",
            Category.INVALID,
            field,
            "The number is outside of what makes sense here.",
            "Send another one.")
        .found(found)
        .allowed(allowed);
  }

  static ZoneId zone(String field, @Nullable String id) {
    try {
      return ZoneId.of(required(field, id));
    } catch (DateTimeException e) {
      throw new Refused(
          Problem.of(
                  "time-zone",
                  Category.INVALID,
                  field,
                  "There is no such time zone.",
                  "Name one as the IANA does, such as Europe/Berlin or UTC.")
              .found(String.valueOf(id)),
          e);
    }
  }

  /** Null for Espalier's choice. */
  static @Nullable Protocol protocol(@Nullable String name) {
    if (name == null || name.equalsIgnoreCase("auto")) return null;
    return constant("protocol", name, Protocol.class);
  }

  static <E extends Enum<E>> E constant(String field, String name, Class<E> type) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new Refused(
          Problem.of(
                  "value-unknown",
                  Category.INVALID,
                  field,
                  "There is no such value.",
                  "Choose one.")
              .found(name)
              .allowed(Arrays.toString(type.getEnumConstants())),
          e);
    }
  }
}
