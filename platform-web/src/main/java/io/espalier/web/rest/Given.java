package io.espalier.web.rest;

import io.espalier.domain.data.DataLayout;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.unit.GpuTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a request must, or may, give. */
final class Given {

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
