package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.Balance;
import io.espalier.domain.unit.GpuTime;
import java.util.UUID;

/** What a team may use, uses and has used. */
public record TeamBudget(UUID team, GpuTime funded, GpuTime held, GpuTime spent, GpuTime free) {

  static TeamBudget of(UUID team, Balance balance) {
    return new TeamBudget(team, balance.funded(), balance.held(), balance.spent(), balance.free());
  }
}
