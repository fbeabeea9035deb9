package io.espalier.web.schedules.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.cron.CronFire;
import io.espalier.orchestrator.cron.CronSchedule;
import io.espalier.orchestrator.cron.CronSchedules;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.LinkButton;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The schedules of the user's teams, by name. */
@Route("schedules")
@PageTitle("Schedules · Espalier")
@PermitAll
final class SchedulesView extends Div {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("EEE d MMM yyyy, HH:mm", Locale.ENGLISH);

  private final CronSchedules schedules;
  private final CurrentUser user;
  private final Div content = new Div();

  SchedulesView(CronSchedules schedules, CurrentUser user) {
    this.schedules = schedules;
    this.user = user;
    addClassName("page");
    var header = new Div(new H1("Schedules"));
    header.addClassName("page-header");
    content.addClassName("stack");
    add(header, content);
    show();
  }

  private void show() {
    content.removeAll();
    var all = schedules.list(user.principal());
    if (all.isEmpty()) {
      content.add(
          new EmptyState(
              "Nothing is repeated",
              "A fine-tune can be submitted again and again, such as every night on the data of the"
                  + " day: fill in the form for a new one and choose “Repeat on a schedule”.",
              LinkButton.primary("new", "New fine-tune")));
    }
    all.forEach(schedule -> content.add(card(schedule)));
  }

  private Component card(CronSchedule schedule) {
    var title = new Div(new H2(schedule.name()));
    title.addClassName("page-header");
    if (mayChange(schedule)) title.add(actions(schedule));
    var card = new Section(title, facts(schedule), fires(schedule));
    card.addClassName("card");
    return card;
  }

  private boolean mayChange(CronSchedule schedule) {
    var role = user.principal().teams().get(schedule.team());
    return role != null && role.includes(Role.MEMBER);
  }

  private Component actions(CronSchedule schedule) {
    boolean paused = schedule.paused();
    var pause = new Button(paused ? "Resume" : "Pause");
    pause.setAriaLabel((paused ? "Resume " : "Pause ") + schedule.name());
    pause.addClickListener(_ -> {
      schedules.setPaused(user.principal(), schedule.id(), !paused);
      show();
    });
    var delete = new Button("Delete", _ -> askToDelete(schedule));
    delete.setAriaLabel("Delete " + schedule.name());
    delete.addThemeVariants(ButtonVariant.TERTIARY, ButtonVariant.ERROR);
    var actions = new Div(pause, delete);
    actions.addClassName("row-actions");
    return actions;
  }

  private void askToDelete(CronSchedule schedule) {
    var question = new ConfirmDialog();
    question.setHeader("Delete " + schedule.name() + "?");
    question.setText("It fires no more. The jobs that it has submitted stay.");
    question.setCancelable(true);
    question.setConfirmText("Delete");
    question.setConfirmButtonTheme("error primary");
    question.addConfirmListener(_ -> {
      schedules.delete(user.principal(), schedule.id());
      show();
    });
    question.open();
  }

  private static Component facts(CronSchedule schedule) {
    var facts =
        new UnorderedList(
            new ListItem(new Span(next(schedule))),
            new ListItem(Cell.quiet("%s (%s)".formatted(schedule.cron(), schedule.zone().getId()))),
            new ListItem(
                Cell.quiet(
                    "Submits %s with a cap of %s, as its owner may then."
                        .formatted(schedule.submission().name(), schedule.submission().cap()))));
    facts.addClassName("plain");
    return facts;
  }

  private static String next(CronSchedule schedule) {
    if (schedule.paused()) return "Paused";
    var next = schedule.nextFireAt();
    return next == null ? "Never fires again" : "Next: " + moment(next, schedule.zone());
  }

  private Component fires(CronSchedule schedule) {
    var fires = schedules.fires(user.principal(), schedule.id());
    if (fires.isEmpty()) return Cell.quiet("It has not fired yet.");
    var details = new Details("Last times", list(fires, schedule.zone()));
    details.addClassName("quiet");
    details.setOpened(fires.getFirst().problem() != null);
    return details;
  }

  private static UnorderedList list(List<CronFire> fires, ZoneId zone) {
    var list = new UnorderedList();
    list.addClassName("plain");
    for (var fire : fires) {
      var line = new ListItem(new Span(moment(fire.at(), zone) + ": "));
      if (fire.job() != null) line.add(new Anchor("jobs/" + fire.job(), "the job"));
      var problem = fire.problem();
      if (problem != null) line.add(new Span(problem.sentence()));
      list.add(line);
    }
    return list;
  }

  private static String moment(Instant moment, ZoneId zone) {
    return MOMENT.format(moment.atZone(zone));
  }
}
