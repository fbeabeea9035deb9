package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Pace;

/**
 * Where a team's budget goes.
 *
 * @param pace of the last week, or of the time since the first hold
 * @param failed spent on jobs that have failed
 * @param cancelled spent on jobs that somebody has cancelled
 */
public record TeamSpending(Pace pace, Without failed, Without cancelled) {

  /** Spent without a result. */
  public record Without(int jobs, Amount spent) {}
}
