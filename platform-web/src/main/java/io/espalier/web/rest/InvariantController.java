package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.invariant.Invariants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
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

  /**
   * Checks the stored state as a whole; with {@code stuckSeconds} also what nobody has looked after
   * for so long.
   */
  @GetMapping
  Soundness check(
      @AuthenticationPrincipal Principal admin, @RequestParam @Nullable Integer stuckSeconds) {
    admin.requirePlatformAdmin();
    var violations = new ArrayList<>(invariants.violations());
    if (stuckSeconds != null) {
      var patience = Duration.ofSeconds(Math.max(1, stuckSeconds));
      for (var found : invariants.stuck(patience)) violations.addAll(found.sentences());
    }
    return new Soundness(List.copyOf(violations));
  }
}
