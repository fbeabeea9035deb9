package io.espalier.web.home.ui;

import com.vaadin.flow.component.Key;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.textfield.NumberField;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.Message;
import java.util.UUID;

/** Adds GPU time to a team's budget. */
final class CreditDialog extends Dialog {

  CreditDialog(UUID team, String teamName, HomeSource source, CurrentUser user, Runnable credited) {
    setHeaderTitle("Add budget to " + teamName);
    var hours = new NumberField("GPU-hours");
    hours.setWidthFull();
    hours.setMin(0);
    hours.setValue(10.0);
    hours.setHelperText("One GPU for one hour, or one CPU slot for one hour");
    var refusal = new Div();
    add(hours, refusal);
    var add = new Button("Add");
    add.addThemeVariants(ButtonVariant.PRIMARY);
    add.addClickShortcut(Key.ENTER);
    add.addClickListener(_ -> {
      refusal.removeAll();
      try {
        var amount = hours.getValue() == null ? 0 : hours.getValue();
        source.credit(user.principal(), team, GpuTime.ofHours(amount));
        close();
        credited.run();
      } catch (Refused refused) {
        refusal.add(Message.of(refused.problem()));
      }
    });
    getFooter().add(new Button("Cancel", _ -> close()), add);
  }
}
