package io.espalier.orchestrator.database;

import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Columns of many rows, as {@code unnest} takes them: one array each, in the rows' order. */
public final class ColumnArrays {

  public static <T> UUID[] uuids(Collection<T> rows, Function<T, UUID> column) {
    return rows.stream().map(column).toArray(UUID[]::new);
  }

  public static <T> Long[] longs(Collection<T> rows, ToLongFunction<T> column) {
    return rows.stream().mapToLong(column).boxed().toArray(Long[]::new);
  }

  public static <T> Integer[] integers(Collection<T> rows, Function<T, Integer> column) {
    return rows.stream().map(column).toArray(Integer[]::new);
  }

  /** Anything that the statement casts from text, null included. */
  public static <T> @Nullable String[] texts(
      Collection<T> rows, Function<T, @Nullable String> column) {
    var texts = new @Nullable String[rows.size()];
    int next = 0;
    for (var row : rows) texts[next++] = column.apply(row);
    return texts;
  }

  private ColumnArrays() {}
}
