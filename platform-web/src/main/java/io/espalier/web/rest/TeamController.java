package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.TeamView;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Teams and their members. */
@RestController
@RequestMapping("/api/v1/teams")
class TeamController {

  private final Teams teams;

  TeamController(Teams teams) {
    this.teams = teams;
  }

  /** Teams by name with their budgets: those of the caller, or all for platform admins. */
  @GetMapping
  Page<TeamView> list(
      @AuthenticationPrincipal Principal user,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam @Nullable String after) {
    return teams.page(user, name, new PageRequest(limit, after));
  }

  record NewTeam(@Nullable String name) {}

  /** A new team with the caller as its owner. For platform admins. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Teams.Team create(@AuthenticationPrincipal Principal admin, @RequestBody NewTeam team) {
    return teams.create(admin, Given.required("name", team.name()));
  }

  /** Who belongs to the team, and in which role. */
  @GetMapping("/{team}/members")
  List<Teams.Member> members(@AuthenticationPrincipal Principal user, @PathVariable UUID team) {
    return teams.members(user, team);
  }

  record Membership(@Nullable String role) {}

  /** Takes a user into the team or changes its role. For owners. */
  @PutMapping("/{team}/members/{login}")
  List<Teams.Member> setMember(
      @AuthenticationPrincipal Principal owner,
      @PathVariable UUID team,
      @PathVariable String login,
      @RequestBody Membership membership) {
    var role = Given.constant("role", Given.required("role", membership.role()), Role.class);
    teams.setMember(owner, team, login, role);
    return teams.members(owner, team);
  }

  /** Takes a user out of the team. For owners. */
  @DeleteMapping("/{team}/members/{login}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void removeMember(
      @AuthenticationPrincipal Principal owner,
      @PathVariable UUID team,
      @PathVariable String login) {
    teams.removeMember(owner, team, login);
  }
}
