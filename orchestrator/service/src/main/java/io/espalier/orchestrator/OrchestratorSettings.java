package io.espalier.orchestrator;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.lease.Fence;
import io.espalier.orchestrator.account.PasswordCost;
import io.espalier.orchestrator.agent.AgentTimes;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What an operator may set.
 *
 * @param blobFolder of the artifact store
 * @param planPeriod of the metronome; submissions and finishes are planned at once anyway
 * @param keepInFull for so long after its end a job keeps every point and every line
 * @param keepCheckpoints for so long after its end a job keeps its checkpoints
 * @param maxBlobBytes of one file that an agent may send
 */
public record OrchestratorSettings(
    Path blobFolder,
    Fence fence,
    Terms terms,
    AgentTimes agentTimes,
    Duration planPeriod,
    Duration keepInFull,
    Duration keepCheckpoints,
    long maxBlobBytes,
    PasswordCost passwordCost) {

  public static OrchestratorSettings defaults(Path blobFolder) {
    return new OrchestratorSettings(
        blobFolder,
        new Fence(Duration.ofSeconds(90), Duration.ofSeconds(120)),
        new Terms(Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofSeconds(4)),
        new AgentTimes(
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofMinutes(15),
            Duration.ofHours(24)),
        Duration.ofSeconds(5),
        Duration.ofDays(30),
        Duration.ofDays(3),
        64L << 30,
        PasswordCost.DEFAULT);
  }
}
