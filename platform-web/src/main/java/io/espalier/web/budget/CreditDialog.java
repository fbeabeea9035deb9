package io.espalier.web.budget;

import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import java.util.UUID;

/** Adds GPU time to a team's budget, with a reason that the ledger keeps. */
public final class CreditDialog {

  private static final int LONGEST_REASON = 200;

  public static Dialog of(
      UUID team, String teamName, Budgets budgets, CurrentUser user, Runnable credited) {
    var hours = new NumberField("GPU-hours");
    hours.setWidthFull();
    hours.setMin(0);
    hours.setValue(10.0);
    hours.setHelperText("One GPU for one hour, or one CPU slot for one hour");
    var reason = new TextField("Reason");
    reason.setWidthFull();
    reason.setMaxLength(LONGEST_REASON);
    reason.setPlaceholder("Such as: second quarter, agreed with Ann");
    reason.setHelperText("Stands in the ledger and in the audit log");
    reason.setRequiredIndicatorVisible(true);
    return new FormDialog(
        "Add budget to " + teamName,
        "Add",
        () -> {
          var amount = hours.getValue() == null ? 0 : hours.getValue();
          budgets.credit(
              user.principal(), team, GpuTime.ofHours(amount), reason.getValue().strip());
          credited.run();
        },
        hours,
        reason);
  }

  private CreditDialog() {}
}
