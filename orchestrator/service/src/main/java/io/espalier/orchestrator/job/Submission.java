package io.espalier.orchestrator.job;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a person asks for.
 *
 * @param protocol null for Espalier's choice
 * @param cap the most that the job may cost
 * @param money the most that it may cost in money; null for no limit but the team's
 * @param seed of everything random in the job
 * @param scheduling when and where it may run
 */
public record Submission(
    UUID team,
    String name,
    UUID baseModelId,
    UUID datasetVersionId,
    @Nullable Protocol protocol,
    GpuTime cap,
    @Nullable Money money,
    long seed,
    Scheduling scheduling) {

  /** One that runs anywhere, as soon as it is its turn; only its team's budget limits its money. */
  public Submission(
      UUID team,
      String name,
      UUID baseModelId,
      UUID datasetVersionId,
      @Nullable Protocol protocol,
      GpuTime cap,
      long seed) {
    this(team, name, baseModelId, datasetVersionId, protocol, cap, null, seed, Scheduling.PLAIN);
  }
}
