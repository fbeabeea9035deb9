package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.agent.AgentView;
import io.espalier.orchestrator.agent.Agents;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** GPU hosts, for platform admins. */
@RestController
@RequestMapping("/api/v1/agents")
class AgentController {

  private final Agents agents;

  AgentController(Agents agents) {
    this.agents = agents;
  }

  /** All agents with their slots. */
  @GetMapping
  List<AgentView> list(@AuthenticationPrincipal Principal admin) {
    return agents.list(admin);
  }

  /** Shown this once; enrols one agent. */
  record JoinToken(String token) {}

  /** A token that enrols one agent; it works once, for a quarter of an hour. */
  @PostMapping("/join-tokens")
  @ResponseStatus(HttpStatus.CREATED)
  JoinToken joinToken(@AuthenticationPrincipal Principal admin) {
    return new JoinToken(agents.joinToken(admin));
  }

  /** The agent gets no more work. */
  @PostMapping("/{agent}/drain")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void drain(@AuthenticationPrincipal Principal admin, @PathVariable UUID agent) {
    agents.drain(admin, agent, true);
  }

  /** The agent gets work again. */
  @PostMapping("/{agent}/enable")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void enable(@AuthenticationPrincipal Principal admin, @PathVariable UUID agent) {
    agents.drain(admin, agent, false);
  }
}
