package io.espalier.web.finetune.ui;

import com.vaadin.flow.component.HasValue;
import com.vaadin.flow.component.checkbox.CheckboxGroup;
import com.vaadin.flow.component.checkbox.CheckboxGroupVariant;
import com.vaadin.flow.component.combobox.ComboBox;
import com.vaadin.flow.component.datetimepicker.DateTimePicker;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.select.Select;
import com.vaadin.flow.component.textfield.IntegerField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.component.timepicker.TimePicker;
import com.vaadin.flow.data.value.ValueChangeMode;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.StartWindow;
import io.espalier.orchestrator.job.Scheduling;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When and where a job may run; left alone, it is one slot anywhere, as soon as it is its turn. */
final class SchedulingFields extends Details {

  private final Select<PriorityClass> priority = new Select<>();
  private final IntegerField slots = new IntegerField("Slots of one host");
  private final ComboBox<String> pool = new ComboBox<>("Pool");
  private final TextField labels = new TextField("Labels of the host");
  private final DateTimePicker notBefore = new DateTimePicker("Not before (UTC)");
  private final DateTimePicker deadline = new DateTimePicker("Deadline (UTC)");
  private final TimePicker opens = new TimePicker("Starts from (UTC)");
  private final TimePicker closes = new TimePicker("Starts until (UTC)");
  private final CheckboxGroup<DayOfWeek> days = new CheckboxGroup<>("On");

  /**
   * @param pools that hosts of the cluster have slots of
   * @param change is told of every change
   */
  SchedulingFields(Set<String> pools, Runnable change) {
    super("When and where");
    addClassName("quiet");
    priority.setLabel("Priority within the team");
    priority.setItems(PriorityClass.values());
    priority.setItemLabelGenerator(SchedulingFields::words);
    priority.setValue(PriorityClass.NORMAL);
    slots.setValue(1);
    slots.setMin(1);
    slots.setStepButtonsVisible(true);
    slots.setHelperText("All at once, or it waits");
    pool.setItems(pools);
    pool.setPlaceholder("Any");
    pool.setClearButtonVisible(true);
    labels.setPlaceholder("such as nvlink, cellar");
    labels.setValueChangeMode(ValueChangeMode.LAZY);
    deadline.setHelperText("The job is ended if it is not finished by then");
    for (var time : List.of(opens, closes)) {
      time.setStep(Duration.ofMinutes(30));
      time.setClearButtonVisible(true);
    }
    closes.setHelperText("Past midnight if it is not after the beginning");
    days.setItems(DayOfWeek.values());
    days.setItemLabelGenerator(day -> day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
    days.addThemeVariants(CheckboxGroupVariant.AURA_HORIZONTAL);
    days.setValue(EnumSet.allOf(DayOfWeek.class));
    var window = new Div(opens, closes);
    window.addClassName("field-row");
    var where = new Div(slots, pool);
    where.addClassName("field-row");
    var moments = new Div(notBefore, deadline);
    moments.addClassName("field-row");
    var all = new Div(priority, where, labels, moments, window, days);
    all.addClassName("fields");
    add(all);
    for (HasValue<?, ?> field :
        List.of(priority, slots, pool, labels, notBefore, deadline, opens, closes, days))
      field.addValueChangeListener(_ -> change.run());
  }

  Scheduling scheduling() {
    var wanted = slots.getValue();
    return new Scheduling(
        priority.getValue(),
        wanted == null ? 1 : wanted,
        Arrays.stream(labels.getValue().split(","))
            .map(String::strip)
            .filter(label -> !label.isEmpty())
            .toList(),
        pool.getValue(),
        instant(notBefore.getValue()),
        window(),
        instant(deadline.getValue()));
  }

  /** Only where both of its ends are told, and a day. */
  private @Nullable StartWindow window() {
    if (opens.getValue() == null || closes.getValue() == null || days.getValue().isEmpty())
      return null;
    return new StartWindow(days.getValue(), opens.getValue(), closes.getValue(), ZoneOffset.UTC);
  }

  private static @Nullable Instant instant(@Nullable LocalDateTime time) {
    return time == null ? null : time.toInstant(ZoneOffset.UTC);
  }

  private static String words(PriorityClass priority) {
    return switch (priority) {
      case URGENT -> "Urgent: before the team's other jobs";
      case NORMAL -> "Normal";
      case SCAVENGER -> "Scavenger: on what nobody else of the team wants";
    };
  }
}
