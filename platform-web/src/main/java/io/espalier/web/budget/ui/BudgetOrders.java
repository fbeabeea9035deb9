package io.espalier.web.budget.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Period;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.TeamBudget;
import io.espalier.web.budget.AmountFields;
import io.espalier.web.budget.CreditDialog;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import java.util.List;
import java.util.function.Supplier;

/** The buttons with which owners and admins change a team's budget; each asks for a reason. */
final class BudgetOrders extends Div {

  private final ShownTeam team;
  private final List<ShownTeam> teams;
  private final Budgets budgets;
  private final CurrentUser user;
  private final Runnable changed;

  /** {@code teams}: all that the user may see. */
  BudgetOrders(
      ShownTeam team, List<ShownTeam> teams, Budgets budgets, CurrentUser user, Runnable changed) {
    this.team = team;
    this.teams = teams;
    this.budgets = budgets;
    this.user = user;
    this.changed = changed;
    addClassName("orders");
    var who = user.principal();
    boolean admin = who.platformAdmin();
    if (!takers(who).isEmpty()) add(order("Transfer", this::transfer));
    if (admin) {
      add(order("Overdraft", this::overdraft));
      add(order("Allowance", this::allowance));
    }
    if (admin || team.role() == Role.OWNER) {
      var credit = order("Add budget", this::credit);
      credit.addThemeVariants(ButtonVariant.PRIMARY);
      add(credit);
    }
  }

  private Button order(String text, Supplier<Dialog> dialog) {
    return new Button(text, _ -> dialog.get().open());
  }

  private Dialog credit() {
    return CreditDialog.of(team.id(), team.name(), budgets, user, changed);
  }

  private List<ShownTeam> takers(Principal who) {
    if (!who.platformAdmin() && team.role() != Role.OWNER) return List.of();
    return teams.stream()
        .filter(other -> !other.id().equals(team.id()))
        .filter(other -> who.platformAdmin() || other.role() == Role.OWNER)
        .toList();
  }

  private Dialog transfer() {
    var to = new Select<ShownTeam>();
    to.setLabel("To");
    to.setWidthFull();
    to.setItems(takers(user.principal()));
    to.setItemLabelGenerator(ShownTeam::name);
    to.setValue(takers(user.principal()).getFirst());
    var fields = new AmountFields(Amount.NOTHING);
    return new FormDialog(
        "Transfer from " + team.name(),
        "Transfer",
        () -> {
          budgets.transfer(
              user.principal(), team.id(), to.getValue().id(), fields.amount(), fields.reason());
          changed.run();
        },
        to,
        fields);
  }

  private Dialog overdraft() {
    var now = read();
    var fields = new AmountFields(new Amount(now.overdraft(), now.money().overdraft()));
    return new FormDialog(
        "Overdraft of " + team.name(),
        "Set",
        () -> {
          budgets.setOverdraft(user.principal(), team.id(), fields.amount(), fields.reason());
          changed.run();
        },
        new Paragraph("The team may use this much more than it was funded with. 0 ends it."),
        fields);
  }

  private Dialog allowance() {
    var now = read().period();
    var every = new Select<Period.Length>();
    every.setLabel("Every");
    every.setWidthFull();
    every.setItems(Period.Length.values());
    every.setItemLabelGenerator(Words::lower);
    every.setValue(now == null ? Period.Length.MONTH : now.rule().every());
    var carry = new IntegerField("Carried over, in percent");
    carry.setWidthFull();
    carry.setMin(0);
    carry.setMax(100);
    carry.setValue(now == null ? 0 : now.rule().carryPercent());
    carry.setHelperText("Of what is free at the end of a period; the rest expires");
    var fields =
        new AmountFields(now == null ? Amount.NOTHING : now.rule().allowance()).withoutReason();
    var dialog =
        new FormDialog(
            "Allowance of " + team.name(),
            "Set",
            () -> {
              int percent = carry.getValue() == null ? 0 : Math.clamp(carry.getValue(), 0, 100);
              budgets.setPeriod(
                  user.principal(),
                  team.id(),
                  new Period(every.getValue(), fields.amount(), percent));
              changed.run();
            },
            every,
            fields,
            carry);
    if (now != null) {
      var end = new Button("End the allowance");
      end.addThemeVariants(ButtonVariant.ERROR, ButtonVariant.TERTIARY);
      end.addClickListener(_ -> {
        budgets.endPeriod(user.principal(), team.id());
        changed.run();
        dialog.close();
      });
      dialog.add(end);
    }
    return dialog;
  }

  private TeamBudget read() {
    return budgets.ofTeam(user.principal(), team.id());
  }
}
