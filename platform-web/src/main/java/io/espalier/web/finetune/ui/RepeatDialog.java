package io.espalier.web.finetune.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.combobox.ComboBox;
import com.vaadin.flow.component.textfield.TextField;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.cron.CronSchedules;
import io.espalier.orchestrator.job.Submission;
import io.espalier.web.shell.FormDialog;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.Supplier;

/** Asks when a submission is to be made again and again, and leads to the page of schedules. */
final class RepeatDialog {

  private enum Usual {
    NIGHTLY("Every night at 2:00", "0 0 2 * * ?"),
    WEEKLY("Every Sunday at 2:00", "0 0 2 ? * SUN"),
    MONTHLY("On the first of every month at 2:00", "0 0 2 1 * ?");

    private final String label;
    private final String cron;

    Usual(String label, String cron) {
      this.label = label;
      this.cron = cron;
    }
  }

  private RepeatDialog() {}

  static void open(CronSchedules schedules, Principal member, Supplier<Submission> submission) {
    var name = new TextField("Name");
    name.setValue(submission.get().name());
    name.setWidthFull();
    var cron = new TextField("Cron expression");
    cron.setValue(Usual.NIGHTLY.cron);
    cron.setHelperText("Seconds, minutes, hours, day of month, month, day of week");
    cron.setWidthFull();
    var usual = new ComboBox<Usual>("When", Usual.values());
    usual.setItemLabelGenerator(one -> one.label);
    usual.setValue(Usual.NIGHTLY);
    usual.setPlaceholder("As written below");
    usual.setWidthFull();
    usual.addValueChangeListener(change -> {
      if (change.getValue() != null) cron.setValue(change.getValue().cron);
    });
    cron.addValueChangeListener(change -> {
      if (change.isFromClient()) usual.clear();
    });
    var zone =
        new ComboBox<ZoneId>(
            "Time zone",
            ZoneId.getAvailableZoneIds().stream()
                .map(ZoneId::of)
                .sorted(Comparator.comparing(ZoneId::getId))
                .toList());
    zone.setItemLabelGenerator(ZoneId::getId);
    zone.setValue(ZoneId.of("UTC"));
    zone.setWidthFull();
    new FormDialog(
            "Repeat on a schedule",
            "Create the schedule",
            () -> {
              schedules.create(
                  member,
                  name.getValue().strip(),
                  cron.getValue().strip(),
                  Objects.requireNonNullElse(zone.getValue(), ZoneOffset.UTC),
                  submission.get());
              UI.getCurrent().navigate("schedules");
            },
            name,
            usual,
            cron,
            zone)
        .open();
  }
}
