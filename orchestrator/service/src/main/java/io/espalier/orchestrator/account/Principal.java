package io.espalier.orchestrator.account;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.util.Map;
import java.util.UUID;

/** Who asks: every service takes one, and sees no more than its teams. */
public record Principal(
    UUID userId, String login, String name, boolean platformAdmin, Map<UUID, Role> teams) {

  public Principal {
    teams = Map.copyOf(teams);
  }

  /** The platform itself, for what it does of its own accord. */
  public static Principal platform() {
    return new Principal(new UUID(0, 0), "platform", "Espalier", true, Map.of());
  }

  /** Refuses unless the caller has {@code role} in {@code team}; a foreign team looks absent. */
  public void require(UUID team, Role role) {
    var held = teams.get(team);
    if (held == null) {
      throw new Refused(
          Problem.of(
              "not-found",
              Category.NOT_FOUND,
              "team " + team,
              "There is no such team among yours.",
              "Ask a platform admin to add you to it."));
    }
    if (!held.includes(role)) {
      throw new Refused(
          Problem.of(
                  "role-too-low",
                  Category.FORBIDDEN,
                  "team " + team,
                  "Your role does not allow this.",
                  "Ask an owner of the team for the role.")
              .found(held)
              .allowed(role));
    }
  }

  public void requirePlatformAdmin() {
    if (!platformAdmin) {
      throw new Refused(
          Problem.of(
              "platform-admins-only",
              Category.FORBIDDEN,
              "user " + login,
              "Only platform admins may do this.",
              "Ask one of them."));
    }
  }
}
