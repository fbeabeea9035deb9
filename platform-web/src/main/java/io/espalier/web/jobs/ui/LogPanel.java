package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.LogLine;
import java.util.List;

/** The end of the trainers' log; new lines come in at the bottom. */
final class LogPanel extends Panel {

  private static final int MOST_LINES = 400;

  private final JobSource source;
  private final Div lines = new Div();
  private final Paragraph none = new Paragraph("No line yet.");
  private long last;

  LogPanel(JobSource source) {
    super("Log");
    this.source = source;
    none.addClassName("secondary");
    lines.addClassName("log");
    lines.getElement().setAttribute("role", "log");
    lines.getElement().setAttribute("tabindex", "0");
    lines.getElement().setAttribute("aria-label", "Log of the trainers");
    add(none, lines);
  }

  @Override
  void show(JobView job) {
    var news = last == 0 ? source.logTail(MOST_LINES) : source.logAfter(last, MOST_LINES);
    append(news);
    none.setVisible(last == 0);
    lines.setVisible(last != 0);
  }

  private void append(List<LogLine> news) {
    if (news.isEmpty()) return;
    for (var line : news) lines.add(line(line));
    last = news.getLast().id();
    int surplus = lines.getComponentCount() - MOST_LINES;
    for (int i = 0; i < surplus; i++) lines.remove(lines.getComponentAt(0));
    // Stay at the bottom only if the reader is there.
    lines
        .getElement()
        .executeJs(
            """
            if (this.followed === undefined || this.followed) this.scrollTop = this.scrollHeight;
            this.onscroll = () =>
              this.followed = this.scrollTop + this.clientHeight > this.scrollHeight - 24;
            """);
  }

  private static Div line(LogLine line) {
    var when = new Span(TimelinePanel.clock(line.at()));
    when.addClassName("when");
    var text = new Span(line.text());
    var row = new Div(when, text);
    row.getElement().setAttribute("data-level", line.level());
    return row;
  }
}
