package io.espalier.web.shell;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;

/** One message and the way home. */
abstract class ErrorPage extends Div {

  final void show(Message message) {
    addClassNames("page", "error-page");
    removeAll();
    add(message, new Anchor("", "Go to the start page"));
  }
}
