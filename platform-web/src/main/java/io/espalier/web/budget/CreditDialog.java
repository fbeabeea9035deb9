package io.espalier.web.budget;

import com.vaadin.flow.component.dialog.Dialog;
import io.espalier.domain.budget.Amount;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import java.util.UUID;

/** Adds GPU time and money to a team's budget, with a reason that the ledger keeps. */
public final class CreditDialog {

  public static Dialog of(
      UUID team, String teamName, Budgets budgets, CurrentUser user, Runnable credited) {
    var fields = new AmountFields(Amount.of(GpuTime.ofHours(10)));
    return new FormDialog(
        "Add budget to " + teamName,
        "Add",
        () -> {
          budgets.credit(user.principal(), team, fields.amount(), fields.reason(), null);
          credited.run();
        },
        fields);
  }

  private CreditDialog() {}
}
