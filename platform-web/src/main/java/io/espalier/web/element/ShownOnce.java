package io.espalier.web.element;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Code;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;

/** A secret that is never shown again, with a button that copies it. */
public final class ShownOnce extends Div {

  // Without TLS a browser has no clipboard for pages; a selection can be copied by hand.
  private static final String COPY =
      """
      const range = document.createRange();
      range.selectNodeContents($1);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      navigator.clipboard?.writeText($0);
      """;

  /** {@code note} says what it is for, and how long it works. */
  public ShownOnce(String secret, String note) {
    addClassName("shown-once");
    var code = new Code();
    code.setText(secret);
    code.addClassName("file");
    var copy = new Button("Copy", _ -> getElement().executeJs(COPY, secret, code.getElement()));
    var box = new Div(code, copy);
    box.addClassName("secret");
    var text = new Paragraph(note);
    text.addClassName("secondary");
    add(box, text);
  }

  /** The same in a dialog, which is closed by nothing but its button. */
  public static Dialog dialog(
      String title, String intro, String secret, String note, Component... more) {
    var dialog = new Dialog(title);
    dialog.addClassName("form-dialog");
    dialog.setWidth("min(40rem, 92vw)");
    dialog.setCloseOnEsc(false);
    dialog.setCloseOnOutsideClick(false);
    var content = new Div(new Paragraph(intro), new ShownOnce(secret, note));
    content.add(more);
    content.addClassName("form");
    dialog.add(content);
    dialog.getFooter().add(new Button("I have it", _ -> dialog.close()));
    return dialog;
  }
}
