package io.espalier.web.cluster.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.dialog.Dialog;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.schedule.SlotCare;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import java.util.Arrays;

/** A platform admin disables and enables single slots of a host, and labels it. */
final class SlotsDialog {

  static Dialog of(Host host, SlotCare care, CurrentUser user, Runnable changed) {
    var list = new UnorderedList();
    list.addClassName("plain");
    for (var slot : host.slots()) list.add(line(host, slot, care, user, changed));
    var labels = new TextField("Labels");
    labels.setWidthFull();
    labels.setValue(String.join(", ", host.labels()));
    labels.setHelperText("Separated by commas. Jobs can ask for hosts that carry them");
    return new FormDialog(
        "Slots of " + host.name(),
        "Save labels",
        () -> {
          var given =
              Arrays.stream(labels.getValue().split(",", -1))
                  .map(String::strip)
                  .filter(label -> !label.isEmpty())
                  .toList();
          care.label(user.principal(), host.id(), given);
          changed.run();
        },
        list,
        labels);
  }

  private static ListItem line(
      Host host, Host.Slot slot, SlotCare care, CurrentUser user, Runnable changed) {
    var line = new ListItem(new Span("Slot %d · %s ".formatted(slot.index(), slot.pool())));
    var button = new Button();
    if (slot.quarantine() != null) {
      line.add(new Span(slot.quarantine() + " "));
      button.setText("Release slot " + slot.index());
      button.addClickListener(_ -> {
        care.release(user.principal(), host.id(), slot.index());
        done(button, changed);
      });
    } else {
      boolean enable = !slot.enabled();
      button.setText((enable ? "Enable slot " : "Disable slot ") + Words.count(slot.index()));
      button.addClickListener(_ -> {
        care.setEnabled(user.principal(), host.id(), slot.index(), enable);
        done(button, changed);
      });
    }
    line.add(button);
    return line;
  }

  private static void done(Button button, Runnable changed) {
    button.setEnabled(false);
    changed.run();
  }

  private SlotsDialog() {}
}
