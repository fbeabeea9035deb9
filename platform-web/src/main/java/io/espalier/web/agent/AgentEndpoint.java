package io.espalier.web.agent;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.web.security.AgentId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Agents always call out; nothing of the platform ever connects to a GPU host. */
@RestController
@RequestMapping("/agent/v1")
class AgentEndpoint {

  private static final Pattern SECONDS = Pattern.compile("(\\d{1,4})s");
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final Agents agents;

  AgentEndpoint(Agents agents) {
    this.agents = agents;
  }

  @PostMapping("/enrol")
  Enrolment.Answer enrol(@RequestBody Enrolment.Request request) {
    return agents.enrol(request);
  }

  @PostMapping("/hello")
  Hello.Answer hello(@AuthenticationPrincipal AgentId agent, @RequestBody Hello.Request request) {
    return agents.hello(agent.id(), request);
  }

  /** {@code wait} such as {@code 25s}. */
  @GetMapping("/desired")
  Desired desired(
      @AuthenticationPrincipal AgentId agent,
      @RequestParam(defaultValue = "-1") long since,
      @RequestParam(defaultValue = "0s") String wait) {
    return agents.desired(agent.id(), since, patience(wait));
  }

  @PostMapping("/events")
  Events.Answer events(
      @AuthenticationPrincipal AgentId agent, @RequestBody Events.Request request) {
    return agents.events(agent.id(), request);
  }

  /** Ranges are answered by Spring for any resource. */
  @GetMapping("/leases/{lease}/blobs/{sha256}")
  ResponseEntity<Resource> blob(
      @AuthenticationPrincipal AgentId agent,
      @PathVariable UUID lease,
      @PathVariable String sha256) {
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .body(new FileSystemResource(agents.blob(agent.id(), lease, sha256)));
  }

  /** Whether a content need not be sent. */
  @RequestMapping(path = "/leases/{lease}/blobs/{sha256}", method = RequestMethod.HEAD)
  ResponseEntity<Void> hasBlob(
      @AuthenticationPrincipal AgentId agent,
      @PathVariable UUID lease,
      @PathVariable String sha256) {
    boolean there = agents.hasBlob(agent.id(), lease, sha256);
    return ResponseEntity.status(there ? HttpStatus.OK : HttpStatus.NOT_FOUND).build();
  }

  @PutMapping("/leases/{lease}/blobs/{sha256}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void storeBlob(
      @AuthenticationPrincipal AgentId agent,
      @PathVariable UUID lease,
      @PathVariable String sha256,
      HttpServletRequest request)
      throws IOException {
    agents.storeBlob(agent.id(), lease, sha256, request.getInputStream());
  }

  private static Duration patience(String wait) {
    var seconds = SECONDS.matcher(wait);
    if (!seconds.matches()) {
      throw new Refused(
          Problem.of(
                  "wait-form",
                  Category.INVALID,
                  "wait",
                  "This is not a number of seconds.",
                  "Write it as 25s.")
              .found(wait));
    }
    var asked = Duration.ofSeconds(Long.parseLong(seconds.group(1)));
    return asked.compareTo(LONGEST_WAIT) < 0 ? asked : LONGEST_WAIT;
  }
}
