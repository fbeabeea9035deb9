package io.espalier.domain.problem;

import org.jspecify.annotations.Nullable;

/**
 * A refusal or a failure, told so that its reader can act.
 *
 * @param code stable name for programs, such as {@code budget-too-small}
 * @param thing what it is about, such as {@code gpu_hours} or {@code train/rose/12.png}
 * @param message one sentence for a person
 * @param value what was found, where there is one
 * @param limit what would have been accepted, where there is one
 * @param wayOut what the reader can do
 */
public record Problem(
    String code,
    Category category,
    String thing,
    String message,
    @Nullable String value,
    @Nullable String limit,
    String wayOut) {

  public static Problem of(
      String code, Category category, String thing, String message, String wayOut) {
    return new Problem(code, category, thing, message, null, null, wayOut);
  }

  public Problem found(Object value) {
    return new Problem(code, category, thing, message, value.toString(), limit, wayOut);
  }

  public Problem allowed(Object limit) {
    return new Problem(code, category, thing, message, value, limit.toString(), wayOut);
  }

  /** One line: message, value, limit, way out. */
  public String sentence() {
    var text = new StringBuilder(thing).append(": ").append(message);
    if (value != null) text.append(" Found: ").append(value).append('.');
    if (limit != null) text.append(" Limit: ").append(limit).append('.');
    return text.append(' ').append(wayOut).toString();
  }
}
