package io.espalier.web.home.ui;

import com.vaadin.flow.component.dialog.Dialog;
import io.espalier.domain.job.JobState;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.agent.Cluster;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.web.budget.CreditDialog;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.teams.TeamDialog;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads and changes what the start page shows. */
final class HomeSource {

  private static final int MOST_UNDER_WAY = 8;
  private static final int MOST_ENDED = 5;

  private static final Set<JobState> ENDED =
      Arrays.stream(JobState.values()).filter(JobState::isTerminal).collect(Collectors.toSet());
  private static final Set<JobState> UNDER_WAY =
      Arrays.stream(JobState.values())
          .filter(state -> !state.isTerminal())
          .collect(Collectors.toSet());

  private final Teams teams;
  private final Budgets budgets;
  private final Jobs jobs;
  private final Datasets datasets;
  private final Cluster cluster;

  HomeSource(Teams teams, Budgets budgets, Jobs jobs, Datasets datasets, Cluster cluster) {
    this.teams = teams;
    this.budgets = budgets;
    this.jobs = jobs;
    this.datasets = datasets;
    this.cluster = cluster;
  }

  Home read(Principal who) {
    var funded =
        teams.of(who).stream()
            .map(team -> new Home.FundedTeam(team, budgets.ofTeam(who, team.id())))
            .toList();
    return new Home(
        who,
        funded,
        !datasets.page(who, null, "", PageRequest.first(1)).items().isEmpty(),
        list(who, UNDER_WAY, MOST_UNDER_WAY),
        list(who, ENDED, MOST_ENDED),
        cluster.hosts(who));
  }

  Dialog teamDialog(CurrentUser user, Runnable created) {
    return TeamDialog.of(teams, user, created);
  }

  Dialog creditDialog(UUID team, String name, CurrentUser user, Runnable credited) {
    return CreditDialog.of(team, name, budgets, user, credited);
  }

  private List<JobView> list(Principal who, Set<JobState> states, int most) {
    return jobs.list(who, new JobFilter(null, states), PageRequest.first(most)).items();
  }
}
