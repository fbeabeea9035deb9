package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Teams;
import java.util.List;
import java.util.UUID;

record UserBody(UUID id, String login, String name, boolean platformAdmin, List<Teams.Team> teams) {

  static UserBody of(Principal user, Teams teams) {
    return new UserBody(
        user.userId(), user.login(), user.name(), user.platformAdmin(), teams.of(user));
  }
}
