package io.espalier.web.element;

import com.vaadin.flow.component.html.Anchor;

/** A link that looks like a button: it opens a page, so it can be opened in a new tab as well. */
public final class LinkButton extends Anchor {

  /** The one thing to do on a page. */
  public static LinkButton primary(String path, String text) {
    var button = new LinkButton(path, text);
    button.addClassName("primary");
    return button;
  }

  public LinkButton(String path, String text) {
    super(path, text);
    addClassName("link-button");
  }
}
