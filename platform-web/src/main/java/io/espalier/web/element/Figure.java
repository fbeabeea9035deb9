package io.espalier.web.element;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;

/** A number with what it is. */
public final class Figure extends Div {

  public Figure(String value, String label) {
    addClassName("figure");
    var number = new Span(value);
    number.addClassName("value");
    var name = new Span(label);
    name.addClassName("label");
    add(number, name);
  }
}
