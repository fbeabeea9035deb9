package io.espalier.web.cluster.ui;

import com.vaadin.flow.component.Component;
import java.util.UUID;

/** One colour for each team, the same on every page and at every visit. */
final class TeamColour {

  private static final int HUES = 12;

  /** Sets the hue that the stylesheet makes a colour of, for light and for dark. */
  static void on(Component component, UUID team) {
    int hue = Math.floorMod(team.hashCode(), HUES) * (360 / HUES);
    component.getElement().getStyle().set("--hue", Integer.toString(hue));
  }

  private TeamColour() {}
}
