package io.espalier.orchestrator.page;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code next} is what to ask for to get the page after this one; null on the last. */
public record Page<T>(List<T> items, @Nullable String next) {

  /** Of {@code rows} that were asked for one more than fit, to see whether there are more. */
  public static <T> Page<T> of(List<T> rows, PageRequest asked, Function<T, Object> position) {
    if (rows.size() <= asked.size()) return new Page<>(rows, null);
    var shown = rows.subList(0, asked.size());
    return new Page<>(shown, position.apply(shown.getLast()).toString());
  }
}
