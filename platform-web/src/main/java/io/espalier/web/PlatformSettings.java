package io.espalier.web;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.lease.Fence;
import io.espalier.orchestrator.OrchestratorSettings;
import io.espalier.orchestrator.account.PasswordCost;
import io.espalier.orchestrator.agent.AgentTimes;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What operators may change of the orchestrator's defaults; fault tests need shorter times.
 *
 * @param home data folder of the platform; the artifact store is in it unless it is named
 * @param blobs folder of the artifact store, which several nodes share: {@code ESPALIER_BLOBS}
 * @param keepInFull for so long an ended job keeps every point of its curves and every line of its
 *     log: {@code ESPALIER_KEEP_IN_FULL}
 * @param keepCheckpoints for so long an ended job keeps its checkpoints: {@code
 *     ESPALIER_KEEP_CHECKPOINTS}
 * @param heartbeat in which agents report: {@code ESPALIER_HEARTBEAT}
 * @param agentSilence after which an agent gets no new work: {@code ESPALIER_AGENT_SILENCE}
 * @param passwordCost of bcrypt, in powers of two: {@code ESPALIER_PASSWORD_COST}
 */
@ConfigurationProperties("espalier")
record PlatformSettings(
    Path home,
    @Nullable Path blobs,
    @DefaultValue Lease lease,
    @Nullable Duration heartbeat,
    @Nullable Duration agentSilence,
    @Nullable Duration keepInFull,
    @Nullable Duration keepCheckpoints,
    @Nullable Integer passwordCost) {

  /** {@code ESPALIER_LEASE_STOP_AFTER}, {@code …_REGRANT_AFTER} and {@code …_SLICE}. */
  record Lease(
      @Nullable Duration stopAfter, @Nullable Duration regrantAfter, @Nullable Duration slice) {}

  OrchestratorSettings orchestrator() {
    var defaults = OrchestratorSettings.defaults(blobs == null ? home.resolve("blobs") : blobs);
    var fence = defaults.fence();
    var terms = defaults.terms();
    var times = defaults.agentTimes();
    return new OrchestratorSettings(
        defaults.blobFolder(),
        new Fence(
            or(lease.stopAfter(), fence.stopAfter()),
            or(lease.regrantAfter(), fence.regrantAfter())),
        new Terms(or(lease.slice(), terms.slice()), terms.reserve(), terms.startUp()),
        new AgentTimes(
            or(heartbeat, times.heartbeat()),
            or(agentSilence, times.silence()),
            times.joinToken(),
            times.credential()),
        defaults.planPeriod(),
        or(keepInFull, defaults.keepInFull()),
        or(keepCheckpoints, defaults.keepCheckpoints()),
        defaults.maxBlobBytes(),
        passwordCost == null ? defaults.passwordCost() : new PasswordCost(passwordCost));
  }

  private static Duration or(@Nullable Duration set, Duration otherwise) {
    return set == null ? otherwise : set;
  }
}
