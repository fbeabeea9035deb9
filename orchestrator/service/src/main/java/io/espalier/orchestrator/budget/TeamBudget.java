package io.espalier.orchestrator.budget;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.Usage;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a team may use, uses and has used, in GPU time and in money.
 *
 * @param overdraft what it may use beyond what it was funded with
 * @param used share of the scarcer unit that is spent or held
 * @param warning the highest percentage that was passed of those at which people are warned, or 0
 * @param period what it is given again and again, if it is
 */
public record TeamBudget(
    UUID team,
    GpuTime funded,
    GpuTime held,
    GpuTime spent,
    GpuTime overdraft,
    GpuTime free,
    InMoney money,
    double used,
    int warning,
    @Nullable TeamPeriod period) {

  public record InMoney(Money funded, Money held, Money spent, Money overdraft, Money free) {

    /** Whether money plays any part. */
    public boolean isInUse() {
      return !funded.equals(Money.ZERO) || !overdraft.equals(Money.ZERO);
    }
  }

  static TeamBudget of(UUID team, Balance balance, @Nullable TeamPeriod period) {
    var usage = Usage.of(balance);
    return new TeamBudget(
        team,
        balance.funded().time(),
        balance.held().time(),
        balance.spent().time(),
        balance.overdraft().time(),
        balance.free().time(),
        new InMoney(
            balance.funded().money(),
            balance.held().money(),
            balance.spent().money(),
            balance.overdraft().money(),
            balance.free().money()),
        usage.share(),
        usage.warning(),
        period);
  }

  public Amount freeAmount() {
    return new Amount(free, money.free());
  }
}
