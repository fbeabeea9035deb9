package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.Balance;
import io.espalier.domain.unit.GpuTime;
import java.util.List;
import java.util.UUID;

/**
 * What a job may cost, costs and has cost.
 *
 * @param mostHeld the largest amount that was put aside for it at any moment
 * @param entries of its cap's account, oldest first
 */
public record JobCost(UUID job, Balance balance, GpuTime mostHeld, List<BudgetEntry> entries) {}
