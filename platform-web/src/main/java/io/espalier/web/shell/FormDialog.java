package io.espalier.web.shell;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import io.espalier.domain.problem.Refused;

/** A few fields and one deed. What a service says against it is shown beneath the fields. */
public final class FormDialog extends Dialog {

  /**
   * @param verb names the deed on its button
   * @param deed closes the dialog unless it is {@link Refused}
   */
  public FormDialog(String title, String verb, Runnable deed, Component... fields) {
    setHeaderTitle(title);
    addClassName("form-dialog");
    setWidth("min(32rem, 92vw)");
    var refusal = new Div();
    var form = new Div(fields);
    form.add(refusal);
    form.addClassName("form");
    add(form);
    var button = new Button(verb);
    button.addThemeVariants(ButtonVariant.PRIMARY);
    button.addClickShortcut(Key.ENTER);
    button.addClickListener(_ -> {
      refusal.removeAll();
      try {
        deed.run();
        close();
      } catch (Refused refused) {
        refusal.add(Message.of(refused.problem()));
      }
    });
    getFooter().add(new Button("Cancel", _ -> close()), button);
  }
}
