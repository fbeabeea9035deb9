package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.agent.Cluster;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.agent.Waiting;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The shared cluster, for everybody: other teams' work is seen, but not what it is. */
@RestController
@RequestMapping("/api/v1/cluster")
class ClusterController {

  private final Cluster cluster;

  ClusterController(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Hosts by name with their slots and what runs on them. */
  @GetMapping("/hosts")
  List<Host> hosts(@AuthenticationPrincipal Principal user) {
    return cluster.hosts(user);
  }

  /** What waits for a slot and why, longest first. */
  @GetMapping("/queue")
  Page<Waiting> queue(
      @AuthenticationPrincipal Principal user,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam @Nullable String after) {
    return cluster.queue(user, new PageRequest(limit, after));
  }
}
