package io.espalier.web.budget;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.textfield.NumberField;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.domain.budget.Amount;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;

/**
 * GPU time, money, and the reason that the ledger keeps: what every change of a budget asks for.
 */
public final class AmountFields extends Div {

  private static final int LONGEST_REASON = 200;

  private final NumberField hours = new NumberField("GPU-hours");
  private final NumberField money = new NumberField("Money");
  private final TextField reason = new TextField("Reason");

  public AmountFields(Amount first) {
    addClassName("form");
    hours.setWidthFull();
    hours.setMin(0);
    hours.setValue(first.time().hours());
    hours.setHelperText("One GPU for one hour, or one CPU slot for one hour");
    money.setWidthFull();
    money.setMin(0);
    money.setValue(first.money().units());
    money.setHelperText("Only pools that have a rate cost money");
    reason.setWidthFull();
    reason.setMaxLength(LONGEST_REASON);
    reason.setPlaceholder("Such as: second quarter, agreed with Ann");
    reason.setHelperText("Stands in the ledger and in the audit log");
    reason.setRequiredIndicatorVisible(true);
    add(hours, money, reason);
  }

  /** For what needs no reason of its own. */
  public AmountFields withoutReason() {
    remove(reason);
    return this;
  }

  public Amount amount() {
    return new Amount(GpuTime.ofHours(value(hours)), Money.of(value(money)));
  }

  public String reason() {
    return reason.getValue().strip();
  }

  private static double value(NumberField field) {
    return field.getValue() == null ? 0 : field.getValue();
  }
}
