package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.Balance;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a job may cost, costs and has cost.
 *
 * @param mostHeld the largest amount that was put aside for it at any moment
 * @param money the same in money
 * @param entries of its cap's account, oldest first
 */
public record JobCost(
    UUID job,
    GpuTime cap,
    GpuTime held,
    GpuTime spent,
    GpuTime mostHeld,
    InMoney money,
    List<BudgetEntry> entries) {

  /** {@code cap}: absent where nothing but the team's budget limits it. */
  public record InMoney(@Nullable Money cap, Money held, Money spent) {}

  static JobCost of(UUID job, Balance balance, List<BudgetEntry> entries) {
    var cap = balance.funded().money();
    return new JobCost(
        job,
        balance.funded().time(),
        balance.held().time(),
        balance.spent().time(),
        mostHeld(entries),
        new InMoney(
            cap.compareTo(Money.UNLIMITED) >= 0 ? null : cap,
            balance.held().money(),
            balance.spent().money()),
        List.copyOf(entries));
  }

  private static GpuTime mostHeld(List<BudgetEntry> entries) {
    var held = GpuTime.ZERO;
    var most = GpuTime.ZERO;
    for (var entry : entries) {
      held =
          switch (entry.kind().held()) {
            case 1 -> held.plus(entry.amount());
            case -1 -> held.minus(entry.amount());
            default -> held;
          };
      if (held.isMoreThan(most)) most = held;
    }
    return most;
  }
}
