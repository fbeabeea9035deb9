package io.espalier.web.home.ui;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.Teams.Team;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.budget.TeamBudget;
import io.espalier.orchestrator.job.JobView;
import java.util.List;

/**
 * All that the start page shows.
 *
 * @param underWay jobs that have not ended, newest first, some of them
 * @param ended jobs that have, newest first, some of them
 */
record Home(
    Principal who,
    List<FundedTeam> teams,
    boolean hasData,
    List<JobView> underWay,
    List<JobView> ended,
    List<Host> agents) {

  record FundedTeam(Team team, TeamBudget budget) {}

  boolean hasLiveAgent() {
    return agents.stream().anyMatch(agent -> agent.live() && !agent.usableSlots().isEmpty());
  }

  boolean mayFund(Team team) {
    return who.platformAdmin() || team.role() == Role.OWNER;
  }
}
