package io.espalier.web.live;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.data.provider.CallbackDataProvider;
import com.vaadin.flow.function.ValueProvider;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.function.Function;

/** A long list that is read from its service page by page, as far as somebody scrolls. */
public final class CursorGrid<T> extends Grid<T> {

  private static final int PAGE = 50;

  /** {@code name} is for those who do not see what the list stands under. */
  public CursorGrid(String name) {
    setPageSize(PAGE);
    addThemeVariants(GridVariant.NO_BORDER);
    setSelectionMode(SelectionMode.NONE);
    setAriaLabel(name);
  }

  /** Shows what {@code service} has, from its beginning. */
  public void show(
      Function<PageRequest, Page<T>> service, ValueProvider<T, Object> id, Component empty) {
    var rows = new CursorRows<>(PAGE, service);
    setEmptyStateComponent(empty);
    setItems(
            new CallbackDataProvider<T, Void>(
                asked -> rows.fetch(asked.getOffset(), asked.getLimit()),
                // Counting ten thousand rows at each look costs more than not knowing the end.
                _ -> 0,
                id))
        .setItemCountUnknown();
  }

  /** Reads again what is on the screen. */
  public void refresh() {
    getDataProvider().refreshAll();
  }
}
