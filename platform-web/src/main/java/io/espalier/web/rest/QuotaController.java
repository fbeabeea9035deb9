package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.schedule.Quotas;
import io.espalier.orchestrator.schedule.TeamQuota;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What teams may have of the pools. */
@RestController
@RequestMapping("/api/v1")
class QuotaController {

  private final Quotas quotas;

  QuotaController(Quotas quotas) {
    this.quotas = quotas;
  }

  /** Weights, guarantees, ceilings and slots held, of the caller's teams or all for admins. */
  @GetMapping("/quotas")
  List<TeamQuota> list(@AuthenticationPrincipal Principal user) {
    return quotas.list(user);
  }

  /**
   * @param weight 1 if absent
   * @param guarantee 0 if absent
   * @param ceiling absent for none
   */
  record Quota(
      @Nullable String pool,
      @Nullable Integer weight,
      @Nullable Integer guarantee,
      @Nullable Integer ceiling) {}

  /** Sets what the team may have of a pool. For platform admins. */
  @PutMapping("/teams/{team}/quota")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void set(
      @AuthenticationPrincipal Principal admin, @PathVariable UUID team, @RequestBody Quota quota) {
    quotas.set(
        admin,
        team,
        Given.required("pool", quota.pool()),
        quota.weight() == null ? 1 : quota.weight(),
        quota.guarantee() == null ? 0 : quota.guarantee(),
        quota.ceiling());
  }
}
