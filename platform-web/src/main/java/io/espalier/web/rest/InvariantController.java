package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.invariant.Invariants;
import java.util.List;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the stored state is sound, for platform admins. */
@RestController
@RequestMapping("/api/v1/invariants")
class InvariantController {

  private final Invariants invariants;

  InvariantController(Invariants invariants) {
    this.invariants = invariants;
  }

  /** One sentence for each violation; empty if everything holds. */
  record Soundness(List<String> violations) {}

  /** Checks the stored state as a whole. */
  @GetMapping
  Soundness check(@AuthenticationPrincipal Principal admin) {
    admin.requirePlatformAdmin();
    return new Soundness(invariants.violations());
  }
}
