package io.espalier.web.home.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import io.espalier.domain.job.JobState;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.budget.TeamBudget;
import io.espalier.web.element.LinkButton;
import io.espalier.web.security.CurrentUser;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What stands in the way of a fine-tune, one thing after the other, each with its way out. */
final class NeedsMe extends Section {

  private final HomeSource source;
  private final CurrentUser user;
  private final Runnable changed;

  NeedsMe(Home home, HomeSource source, CurrentUser user, Runnable changed) {
    this.source = source;
    this.user = user;
    this.changed = changed;
    addClassName("needs");
    getElement().setAttribute("aria-label", "What needs me");
    if (home.teams().isEmpty()) {
      need(
          "You are in no team yet",
          "A team owns datasets, jobs and a budget.",
          home.who().platformAdmin() ? createTeam() : null,
          "A platform admin can add you to one.");
    }
    for (var funded : home.teams()) {
      var team = funded.team();
      var budget = funded.budget();
      if (budget.free().isMoreThan(GpuTime.ZERO)) {
        if (budget.warning() > 0) warn(team.name(), team.id(), budget);
        continue;
      }
      need(
          "%s has no budget left".formatted(team.name()),
          "Every job is paid for in GPU time before it starts.",
          home.mayFund(team) ? credit(team.id(), team.name()) : null,
          "An owner of the team or a platform admin can add some.");
    }
    if (!home.hasLiveAgent()) {
      need(
          "No agent is connected",
          "Jobs run on agents. Until one says hello, they wait.",
          null,
          "An operator starts one with a join token, on each host that has GPUs.");
    }
    if (!home.teams().isEmpty() && !home.hasData()) {
      need(
          "There is no dataset yet",
          "A fine-tune needs samples to learn from: a zip with a folder of images for each class,"
              + " or a table of texts with their classes.",
          LinkButton.primary("datasets", "Upload a dataset"),
          "");
    }
    for (var job : home.underWay()) {
      if (job.state() != JobState.PAUSED) continue;
      var why = job.whyWaiting();
      need(
          "%s is paused".formatted(job.name()),
          why == null ? "It goes on where it stopped." : why.sentence(),
          new LinkButton("jobs/" + job.id(), "Look at the job"),
          "");
    }
    setVisible(getComponentCount() > 0);
  }

  private void warn(String team, UUID id, TeamBudget budget) {
    need(
        "%s has used more than %d %% of its budget".formatted(team, budget.warning()),
        "%s are left.".formatted(budget.freeAmount()),
        new LinkButton("budget?team=" + id, "Look at the budget"),
        "");
  }

  private void need(String title, String text, @Nullable Component button, String orElse) {
    var words = new Div(new H2(title), new Paragraph(button == null ? text + " " + orElse : text));
    words.addClassName("words");
    var need = new Div(words);
    need.addClassName("need");
    if (button != null) need.add(button);
    add(need);
  }

  private Component createTeam() {
    var button = new Button("Create a team");
    button.addThemeVariants(ButtonVariant.PRIMARY);
    button.addClickListener(_ -> source.teamDialog(user, changed).open());
    return button;
  }

  private Component credit(UUID team, String name) {
    var button = new Button("Add budget");
    button.addThemeVariants(ButtonVariant.PRIMARY);
    button.addClickListener(_ -> source.creditDialog(team, name, user, changed).open());
    return button;
  }
}
