package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.schedule.Maintenances;
import io.espalier.orchestrator.schedule.Maintenances.Maintenance;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** When hosts rest. */
@RestController
@RequestMapping("/api/v1/maintenance")
class MaintenanceController {

  private final Maintenances maintenances;

  MaintenanceController(Maintenances maintenances) {
    this.maintenances = maintenances;
  }

  /** Those that are not over, the next first. */
  @GetMapping
  List<Maintenance> list() {
    return maintenances.list();
  }

  /** Of an agent, of a pool, or of all hosts if both are absent. */
  record NewMaintenance(
      @Nullable Instant from,
      @Nullable Instant until,
      @Nullable UUID agent,
      @Nullable String pool,
      @Nullable String reason) {}

  /** Plans one: what runs when it begins saves, leaves and goes on. For platform admins. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Maintenance plan(
      @AuthenticationPrincipal Principal admin, @RequestBody NewMaintenance maintenance) {
    return maintenances.plan(
        admin,
        Given.required("from", maintenance.from()),
        Given.required("until", maintenance.until()),
        maintenance.agent(),
        maintenance.pool(),
        Given.required("reason", maintenance.reason()));
  }

  /** Takes one back, or ends it now. For platform admins. */
  @DeleteMapping("/{maintenance}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void cancel(@AuthenticationPrincipal Principal admin, @PathVariable UUID maintenance) {
    maintenances.cancel(admin, maintenance);
  }
}
