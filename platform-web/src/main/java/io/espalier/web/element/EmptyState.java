package io.espalier.web.element;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;

/** Says what is missing and why, and offers one button at most. */
public final class EmptyState extends Div {

  public EmptyState(String title, String text, Component... button) {
    addClassName("empty");
    var explanation = new Paragraph(text);
    explanation.addClassName("secondary");
    add(new H2(title), explanation);
    add(button);
  }
}
