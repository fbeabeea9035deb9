package io.espalier.web.budget.ui;

import com.vaadin.flow.server.streams.DownloadEvent;
import com.vaadin.flow.server.streams.DownloadHandler;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.JobStatement;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.download.Csv;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The whole statement of a team as a file, read page by page while it is sent. */
final class StatementCsv {

  private static final int PAGE = 200;

  static DownloadHandler of(ShownTeam team, Budgets budgets, CurrentUser user) {
    return event -> send(event, team, budgets, user.principal());
  }

  private static void send(DownloadEvent event, ShownTeam team, Budgets budgets, Principal who)
      throws IOException {
    event.setFileName(
        team.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + "-statement.csv");
    event.setContentType("text/csv; charset=utf-8");
    try (var out = event.getOutputStream()) {
      var csv =
          new Csv(out)
              .row(
                  "job",
                  "name",
                  "owner",
                  "state",
                  "reason",
                  "submitted",
                  "cap GPU-h",
                  "held GPU-h",
                  "spent GPU-h",
                  "held money",
                  "spent money");
      @Nullable String after = null;
      do {
        var page = budgets.statement(who, team.id(), new PageRequest(PAGE, after));
        for (var job : page.items()) write(csv, job);
        after = page.next();
      } while (after != null);
      csv.flush();
    }
  }

  private static void write(Csv csv, JobStatement job) throws IOException {
    csv.row(
        job.job(),
        job.name(),
        job.owner(),
        Words.lower(job.state()),
        reason(job),
        job.submittedAt(),
        job.cap().hours(),
        job.held().hours(),
        job.spent().hours(),
        job.moneyHeld().units(),
        job.moneySpent().units());
  }

  private static String reason(JobStatement job) {
    if (job.failureReason() != null) return job.failureReason().label();
    return job.pauseReason() == null ? "" : job.pauseReason().label();
  }

  private StatementCsv() {}
}
