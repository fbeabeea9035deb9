package io.espalier.orchestrator.agent;

import io.espalier.orchestrator.account.Principal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose a piece of work is, as far as the one who looks may know: members see their team's jobs,
 * platform admins see which team it is, all others see that it is somebody's.
 */
public sealed interface Whose {

  record Mine(UUID team, String teamName, UUID job, String jobName) implements Whose {}

  record OfTeam(UUID team, String teamName) implements Whose {}

  record Somebodys() implements Whose {}

  static Whose of(Principal who, UUID team, String teamName, UUID job, String jobName) {
    if (who.teams().containsKey(team)) return new Mine(team, teamName, job, jobName);
    return who.platformAdmin() ? new OfTeam(team, teamName) : new Somebodys();
  }

  /** The team, where it may be known. */
  default @Nullable UUID knownTeam() {
    return switch (this) {
      case Mine mine -> mine.team();
      case OfTeam ofTeam -> ofTeam.team();
      case Somebodys _ -> null;
    };
  }
}
