package io.espalier.web.live;

import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers a grid, which asks by offset, from a service whose pages follow a cursor. It remembers
 * where each page begins, and no rows.
 */
public final class CursorRows<T> {

  private final int size;
  private final Function<PageRequest, Page<T>> service;

  /** Where page i begins; the first one at null. Pages behind the end are not there. */
  private final List<@Nullable String> starts = new ArrayList<>();

  public CursorRows(int size, Function<PageRequest, Page<T>> service) {
    this.size = size;
    this.service = service;
    starts.add(null);
  }

  public Stream<T> fetch(int offset, int limit) {
    var rows = new ArrayList<T>();
    int first = offset / size;
    int last = (offset + limit - 1) / size;
    for (int page = first; page <= last && reach(page); page++) rows.addAll(read(page));
    return rows.stream().skip(offset - (long) first * size).limit(limit);
  }

  /** Walks forward to the beginning of a page; false if there is none. */
  private boolean reach(int page) {
    while (starts.size() <= page) {
      int known = starts.size();
      read(known - 1);
      if (starts.size() == known) return false;
    }
    return true;
  }

  private List<T> read(int page) {
    var found = service.apply(new PageRequest(size, starts.get(page)));
    var next = found.next();
    boolean asRemembered =
        next != null && starts.size() > page + 1 && next.equals(starts.get(page + 1));
    if (!asRemembered) {
      // Rows have come or gone: what was remembered of the pages behind is void.
      starts.subList(page + 1, starts.size()).clear();
      if (next != null) starts.add(next);
    }
    return found.items();
  }
}
