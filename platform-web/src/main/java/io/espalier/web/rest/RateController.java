package io.espalier.web.rest;

import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.budget.Rates;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a GPU-hour of each pool costs in money. Money is answered in millionths. */
@RestController
@RequestMapping("/api/v1/rates")
class RateController {

  private final Rates rates;

  RateController(Rates rates) {
    this.rates = rates;
  }

  /** Every pool with its present rate. */
  @GetMapping
  List<Rates.PoolPrice> list() {
    return rates.list();
  }

  /** All rates that a pool ever had, newest first. Drivers' names of GPUs may hold anything. */
  @GetMapping("/history")
  List<Rates.Version> history(@RequestParam String pool) {
    return rates.history(pool);
  }

  record NewRate(@Nullable String pool, @Nullable Double perHour, @Nullable String reason) {}

  /** What leases cost that are granted from now on. For platform admins. */
  @PostMapping
  Rates.Version set(@AuthenticationPrincipal Principal admin, @RequestBody NewRate rate) {
    return rates.set(
        admin,
        Given.required("pool", rate.pool()),
        Money.of(Given.notNegative("perHour", rate.perHour())),
        Given.required("reason", rate.reason()));
  }
}
