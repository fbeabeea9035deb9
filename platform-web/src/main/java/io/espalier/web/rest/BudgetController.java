package io.espalier.web.rest;

import io.espalier.domain.budget.Period;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.JobStatement;
import io.espalier.orchestrator.budget.TeamBudget;
import io.espalier.orchestrator.budget.TeamEntry;
import io.espalier.orchestrator.budget.TeamSpending;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Budgets of teams. GPU time is answered in GPU-milliseconds and sent in GPU-hours, money is
 * answered in millionths and sent in whole units.
 */
@RestController
@RequestMapping("/api/v1/teams/{team}")
class BudgetController {

  private final Budgets budgets;

  BudgetController(Budgets budgets) {
    this.budgets = budgets;
  }

  /** What is funded, held, spent and free, in GPU time and in money. */
  @GetMapping("/budget")
  TeamBudget budget(@AuthenticationPrincipal Principal user, @PathVariable UUID team) {
    return budgets.ofTeam(user, team);
  }

  /** How fast the team spends, and on what without a result. */
  @GetMapping("/budget/spending")
  TeamSpending spending(@AuthenticationPrincipal Principal user, @PathVariable UUID team) {
    return budgets.spending(user, team);
  }

  record Change(@Nullable Double gpuHours, @Nullable Double money, @Nullable String reason) {}

  /** Adds to the budget, with a reason that stays in the ledger. */
  @PostMapping("/budget/credits")
  TeamBudget credit(
      @AuthenticationPrincipal Principal owner,
      @PathVariable UUID team,
      @RequestBody Change credit,
      @RequestHeader(name = "Idempotency-Key") @Nullable String key) {
    var amount = Given.amount(credit.gpuHours(), credit.money());
    return budgets.credit(owner, team, amount, Given.required("reason", credit.reason()), key);
  }

  record Transfer(
      @Nullable UUID to,
      @Nullable Double gpuHours,
      @Nullable Double money,
      @Nullable String reason) {}

  /** Gives what is free to another team. For platform admins, and owners of both teams. */
  @PostMapping("/budget/transfers")
  TeamBudget transfer(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID team,
      @RequestBody Transfer transfer) {
    return budgets.transfer(
        user,
        team,
        Given.required("to", transfer.to()),
        Given.amount(transfer.gpuHours(), transfer.money()),
        Given.required("reason", transfer.reason()));
  }

  /** How much more than it was funded with the team may use; 0 for nothing. For platform admins. */
  @PutMapping("/budget/overdraft")
  TeamBudget overdraft(
      @AuthenticationPrincipal Principal admin,
      @PathVariable UUID team,
      @RequestBody Change overdraft) {
    return budgets.setOverdraft(
        admin,
        team,
        Given.amountOrNothing(overdraft.gpuHours(), overdraft.money()),
        Given.required("reason", overdraft.reason()));
  }

  /**
   * @param every {@code week}, {@code month}, {@code quarter} or {@code year}
   * @param carryPercent of what is free at the end, how much stays; 0 if absent
   */
  record NewPeriod(
      @Nullable String every,
      @Nullable Double gpuHours,
      @Nullable Double money,
      @Nullable Integer carryPercent) {}

  /** An allowance again and again; the first is credited at once. For platform admins. */
  @PutMapping("/budget/period")
  TeamBudget period(
      @AuthenticationPrincipal Principal admin,
      @PathVariable UUID team,
      @RequestBody NewPeriod period) {
    var every =
        Given.constant("every", Given.required("every", period.every()), Period.Length.class);
    return budgets.setPeriod(
        admin,
        team,
        new Period(
            every,
            Given.amountOrNothing(period.gpuHours(), period.money()),
            Given.percent("carryPercent", period.carryPercent())));
  }

  /** Ends the allowance; what the team has it keeps. For platform admins. */
  @DeleteMapping("/budget/period")
  TeamBudget endPeriod(@AuthenticationPrincipal Principal admin, @PathVariable UUID team) {
    return budgets.endPeriod(admin, team);
  }

  /** What each job has cost, newest first. */
  @GetMapping("/statement")
  Page<JobStatement> statement(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID team,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String after) {
    return budgets.statement(user, team, new PageRequest(limit, after));
  }

  /** Every entry of the team's account, newest first. */
  @GetMapping("/budget/entries")
  Page<TeamEntry> entries(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID team,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String after) {
    return budgets.entries(user, team, new PageRequest(limit, after));
  }
}
