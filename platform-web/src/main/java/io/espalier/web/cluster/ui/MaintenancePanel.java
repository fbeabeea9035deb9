package io.espalier.web.cluster.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.combobox.ComboBox;
import com.vaadin.flow.component.datetimepicker.DateTimePicker;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.schedule.Maintenances;
import io.espalier.orchestrator.schedule.Maintenances.Maintenance;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;

/** When hosts rest: everybody sees it, platform admins plan and cancel it. Times are UTC. */
final class MaintenancePanel extends Section {

  private final Maintenances maintenances;
  private final CurrentUser user;

  MaintenancePanel(Maintenances maintenances, CurrentUser user) {
    this.maintenances = maintenances;
    this.user = user;
    addClassName("card");
  }

  void show(List<Host> hosts) {
    removeAll();
    var planned = maintenances.list();
    setVisible(!planned.isEmpty());
    var list = new UnorderedList();
    list.addClassName("plain");
    for (var one : planned) list.add(line(one, hosts));
    add(new H2("Maintenance"), list);
  }

  private ListItem line(Maintenance one, List<Host> hosts) {
    var line =
        new ListItem(
            new Span(
                "%s rests from %s until %s: %s "
                    .formatted(
                        what(one, hosts),
                        Words.minute(one.from()),
                        Words.minute(one.until()),
                        one.reason())));
    if (user.principal().platformAdmin()) {
      var cancel = new Button("Cancel maintenance");
      cancel.addThemeVariants(ButtonVariant.TERTIARY);
      cancel.addClickListener(_ -> {
        maintenances.cancel(user.principal(), one.id());
        show(hosts);
      });
      line.add(cancel);
    }
    return line;
  }

  private static String what(Maintenance one, List<Host> hosts) {
    if (one.pool() != null) return "Pool " + one.pool();
    if (one.agent() == null) return "The whole cluster";
    return hosts.stream()
        .filter(host -> host.id().equals(one.agent()))
        .map(Host::name)
        .findFirst()
        .orElse("A host");
  }

  /** The button that plans one. */
  Component planning(List<Host> hosts) {
    return new Button("Plan maintenance", _ -> open(hosts));
  }

  private void open(List<Host> hosts) {
    var host = new ComboBox<Host>("Host", hosts);
    host.setItemLabelGenerator(Host::name);
    host.setHelperText("None for the whole cluster");
    host.setWidthFull();
    var from = new DateTimePicker("From (UTC)");
    from.setValue(LocalDateTime.now(ZoneOffset.UTC).withSecond(0).withNano(0));
    var until = new DateTimePicker("Until (UTC)");
    until.setValue(from.getValue().plusHours(1));
    var reason = new TextField("Reason");
    reason.setWidthFull();
    new FormDialog(
            "Plan maintenance",
            "Plan",
            () -> {
              var chosen = host.getValue();
              maintenances.plan(
                  user.principal(),
                  instant(from),
                  instant(until),
                  chosen == null ? null : chosen.id(),
                  null,
                  reason.getValue());
              show(hosts);
            },
            host,
            from,
            until,
            reason)
        .open();
  }

  private static Instant instant(DateTimePicker field) {
    return Objects.requireNonNullElse(field.getValue(), LocalDateTime.now(ZoneOffset.UTC))
        .toInstant(ZoneOffset.UTC);
  }
}
