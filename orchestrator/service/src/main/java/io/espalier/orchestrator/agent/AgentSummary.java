package io.espalier.orchestrator.agent;

import java.util.List;

/**
 * An agent without what it works on, which may belong to other teams.
 *
 * @param pools of its slots, each once
 * @param slots that can be given work
 * @param busy those of them that have some
 */
public record AgentSummary(
    String name, boolean live, boolean draining, List<String> pools, int slots, int busy) {

  static AgentSummary of(AgentView agent) {
    var usable = agent.slots().stream().filter(slot -> slot.present() && slot.enabled()).toList();
    return new AgentSummary(
        agent.name(),
        agent.live(),
        agent.draining(),
        usable.stream().map(AgentView.Slot::pool).distinct().sorted().toList(),
        usable.size(),
        (int) usable.stream().filter(slot -> slot.job() != null).count());
  }
}
