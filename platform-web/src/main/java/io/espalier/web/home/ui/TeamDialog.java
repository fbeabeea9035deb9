package io.espalier.web.home.ui;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.domain.problem.Refused;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Message;

/** A platform admin creates a team and becomes its first owner. */
final class TeamDialog extends Dialog {

  TeamDialog(HomeSource source, CurrentUser user, Runnable created) {
    setHeaderTitle("Create a team");
    var name = new TextField("Name");
    name.setWidthFull();
    name.setMaxLength(100);
    name.setHelperText("You become its first owner");
    name.setAutofocus(true);
    var refusal = new Div();
    add(name, refusal);
    var create = new Button("Create");
    create.addThemeVariants(ButtonVariant.PRIMARY);
    create.addClickShortcut(Key.ENTER);
    create.addClickListener(_ -> {
      refusal.removeAll();
      try {
        source.createTeam(user.principal(), name.getValue());
        close();
        created.run();
      } catch (Refused refused) {
        refusal.add(Message.of(refused.problem()));
      }
    });
    getFooter().add(new Button("Cancel", _ -> close()), create);
  }
}
