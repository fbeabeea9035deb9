package io.espalier.web.element;

import com.vaadin.flow.component.html.Div;
import java.util.Locale;

/** A bar of parts, each with a class for its colour; what the parts leave over stays empty. */
public final class Meter extends Div {

  /** {@code text} is what the bar says, for those who do not see it. */
  public Meter(String text) {
    addClassName("meter");
    getElement().setAttribute("role", "img");
    getElement().setAttribute("aria-label", text);
    setTitle(text);
  }

  /** A part as a share of the whole, in [0, 1]. */
  public Meter part(String className, double share) {
    var part = new Div();
    part.addClassName(className);
    part.getStyle()
        .set("width", String.format(Locale.ROOT, "%.2f%%", 100 * Math.clamp(share, 0, 1)));
    add(part);
    return this;
  }
}
