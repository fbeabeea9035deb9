package io.espalier.orchestrator.job;

import io.espalier.domain.job.JobState;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which jobs to list: of one team or of all of the caller's, in some states or (empty) in any. */
public record JobFilter(@Nullable UUID team, Set<JobState> states) {

  public static final JobFilter ALL = new JobFilter(null, Set.of());

  public static JobFilter ofTeam(UUID team) {
    return new JobFilter(team, Set.of());
  }
}
