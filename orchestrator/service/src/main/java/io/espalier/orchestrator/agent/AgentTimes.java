package io.espalier.orchestrator.agent;

import java.time.Duration;

/**
 * The periods of the agents' endpoint.
 *
 * @param heartbeat in which an agent reports on its leases
 * @param silence after which an agent gets no new work
 * @param joinToken how long one can be used
 * @param credential how long one lasts after it was last used
 */
public record AgentTimes(
    Duration heartbeat, Duration silence, Duration joinToken, Duration credential) {}
