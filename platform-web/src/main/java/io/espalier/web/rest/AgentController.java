package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.agent.AgentView;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.orchestrator.schedule.SlotCare;
import io.espalier.web.agent.JoinCommand;
import io.espalier.web.agent.Joining;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** GPU hosts, for platform admins. */
@RestController
@RequestMapping("/api/v1/agents")
class AgentController {

  private final Agents agents;
  private final Joining joining;
  private final SlotCare slots;

  AgentController(Agents agents, Joining joining, SlotCare slots) {
    this.agents = agents;
    this.joining = joining;
    this.slots = slots;
  }

  /** All agents with their slots. */
  @GetMapping
  List<AgentView> list(@AuthenticationPrincipal Principal admin) {
    return agents.list(admin);
  }

  /**
   * A token and the whole command with which a host joins; it works once, for a quarter of an hour.
   */
  @PostMapping("/join-tokens")
  @ResponseStatus(HttpStatus.CREATED)
  JoinCommand joinToken(@AuthenticationPrincipal Principal admin, HttpServletRequest request) {
    return joining.next(admin, URI.create(request.getRequestURL().toString()));
  }

  /** The agent gets no more work, and what it runs yields to go on elsewhere. */
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

  record Labels(@Nullable List<String> labels) {}

  /** Replaces the labels of the host, which jobs can ask for. */
  @PutMapping("/{agent}/labels")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void label(
      @AuthenticationPrincipal Principal admin,
      @PathVariable UUID agent,
      @RequestBody Labels labels) {
    slots.label(admin, agent, Given.required("labels", labels.labels()));
  }

  /** The slot gets no more work, and what runs on it saves and goes on elsewhere. */
  @PostMapping("/{agent}/slots/{index}/disable")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void disableSlot(
      @AuthenticationPrincipal Principal admin, @PathVariable UUID agent, @PathVariable int index) {
    slots.setEnabled(admin, agent, index, false);
  }

  /** The slot gets work again. */
  @PostMapping("/{agent}/slots/{index}/enable")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void enableSlot(
      @AuthenticationPrincipal Principal admin, @PathVariable UUID agent, @PathVariable int index) {
    slots.setEnabled(admin, agent, index, true);
  }

  /** Ends the quarantine that a hardware error has begun. */
  @PostMapping("/{agent}/slots/{index}/release")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void releaseSlot(
      @AuthenticationPrincipal Principal admin, @PathVariable UUID agent, @PathVariable int index) {
    slots.release(admin, agent, index);
  }
}
