package io.espalier.web.teams;

import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.orchestrator.account.Teams;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;

/** A platform admin creates a team and becomes its first owner. */
public final class TeamDialog {

  private static final int LONGEST_NAME = 100;

  public static Dialog of(Teams teams, CurrentUser user, Runnable created) {
    var name = new TextField("Name");
    name.setWidthFull();
    name.setMaxLength(LONGEST_NAME);
    name.setHelperText("You become its first owner");
    name.setAutofocus(true);
    return new FormDialog(
        "Create a team",
        "Create",
        () -> {
          teams.create(user.principal(), name.getValue());
          created.run();
        },
        name);
  }

  private TeamDialog() {}
}
