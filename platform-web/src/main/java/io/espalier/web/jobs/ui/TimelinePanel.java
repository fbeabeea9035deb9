package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.OrderedList;
import com.vaadin.flow.component.html.Span;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.element.StateBadge;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Every state that the job has been in, with the reason, newest first. */
final class TimelinePanel extends Panel {

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("d MMM HH:mm:ss", Locale.ENGLISH);

  private final JobSource source;
  private final OrderedList list = new OrderedList();
  private long shown = -1;

  TimelinePanel(JobSource source) {
    super("Timeline");
    this.source = source;
    list.addClassName("timeline");
    add(list);
  }

  @Override
  void show(JobView job) {
    // A job may come back to a state, or go from one pause to another: every step is a version.
    if (job.version() == shown) return;
    shown = job.version();
    list.removeAll();
    for (var step : source.timeline().reversed()) {
      var when = new Span(clock(step.at()));
      when.addClassNames("secondary", "number");
      var item = new ListItem(new StateBadge(step.to()), when);
      var reason = step.reason();
      if (reason != null && !reason.isBlank()) {
        var why = new Span(reason);
        why.addClassName("reason");
        item.add(why);
      }
      list.add(item);
    }
  }

  /** In the platform's time zone. */
  static String clock(Instant moment) {
    return CLOCK.format(moment.atZone(ZoneId.systemDefault()));
  }
}
