package io.espalier.web.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CursorRowsTest {

  private final List<Integer> rows = new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
  private int asked;

  private final CursorRows<Integer> grid = new CursorRows<>(50, this::service);

  /** Pages after a row, as the real services answer: the cursor is the last row of a page. */
  private Page<Integer> service(PageRequest page) {
    asked++;
    int from = page.after() == null ? 0 : rows.indexOf(Integer.valueOf(page.after())) + 1;
    int to = Math.min(rows.size(), from + page.size());
    return new Page<>(
        List.copyOf(rows.subList(from, to)), to < rows.size() ? "" + rows.get(to - 1) : null);
  }

  @Test
  void anyRangeIsAnsweredAsFromAnOffset() {
    assertThat(grid.fetch(0, 50)).containsExactlyElementsOf(rows.subList(0, 50));
    assertThat(grid.fetch(730, 85)).containsExactlyElementsOf(rows.subList(730, 815));
    assertThat(grid.fetch(20, 10)).containsExactlyElementsOf(rows.subList(20, 30));
  }

  @Test
  void theLastPageIsShortAndNothingIsBehindIt() {
    rows.subList(120, 1000).clear();

    assertThat(grid.fetch(100, 50)).containsExactlyElementsOf(rows.subList(100, 120));
    assertThat(grid.fetch(150, 50)).isEmpty();
  }

  @Test
  void scrollingOnAsksForEachPageOnce() {
    for (int offset = 0; offset < 500; offset += 50) {
      assertThat(grid.fetch(offset, 50)).hasSize(50);
    }
    assertThat(asked).isEqualTo(10);
  }

  @Test
  void newRowsOnTopLeaveNoGapBehindThem() {
    grid.fetch(0, 50);
    grid.fetch(50, 50);
    rows.addAll(0, List.of(-3, -2, -1));

    assertThat(grid.fetch(0, 50)).containsExactlyElementsOf(rows.subList(0, 50));
    assertThat(grid.fetch(50, 50)).containsExactlyElementsOf(rows.subList(50, 100));
  }

  @Test
  void noRowsAreNoRows() {
    rows.clear();

    assertThat(grid.fetch(0, 50)).isEmpty();
  }
}
