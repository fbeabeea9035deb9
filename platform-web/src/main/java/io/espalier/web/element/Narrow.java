package io.espalier.web.element;

import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.signals.Signal;

/** What gives way where there is no room. */
public final class Narrow {

  private static final int PIXELS = 760;

  /** Hides the columns of these keys while the window is narrow. */
  public static void hide(Grid<?> grid, String... keys) {
    grid.addAttachListener(attached -> {
      attached.unregisterListener();
      var size = attached.getUI().getPage().windowSizeSignal();
      Signal.effect(
          grid,
          () -> {
            int width = size.get().width();
            boolean narrow = width > 0 && width < PIXELS;
            for (var key : keys) grid.getColumnByKey(key).setVisible(!narrow);
          });
    });
  }

  private Narrow() {}
}
