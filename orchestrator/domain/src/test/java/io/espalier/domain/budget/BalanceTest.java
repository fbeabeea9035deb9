package io.espalier.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import org.junit.jupiter.api.Test;

class BalanceTest {

  private static final Balance FUNDED =
      Balance.NOTHING.after(EntryKind.CREDIT, amount(100, 10)).orElseThrow();

  @Test
  void aHoldIsRefusedThatOneOfTheTwoUnitsCannotPayFor() {
    assertThat(FUNDED.after(EntryKind.HOLD, amount(100, 10))).isPresent();
    assertThat(FUNDED.after(EntryKind.HOLD, amount(101, 1))).isEmpty();
    assertThat(FUNDED.after(EntryKind.HOLD, amount(1, 11))).isEmpty();
  }

  @Test
  void whatIsHeldCanNeitherBeGivenAwayNorExpire() {
    var held = FUNDED.after(EntryKind.HOLD, amount(90, 1)).orElseThrow();

    assertThat(held.after(EntryKind.TRANSFER_OUT, amount(11, 0))).isEmpty();
    assertThat(held.after(EntryKind.EXPIRY, amount(11, 0))).isEmpty();
    assertThat(held.after(EntryKind.TRANSFER_OUT, amount(10, 9)).orElseThrow().free())
        .isEqualTo(Amount.NOTHING);
  }

  @Test
  void anOverdraftPaysForMoreAndIsTakenBackOnlyWhenUnused() {
    var over = FUNDED.after(EntryKind.OVERDRAFT, amount(50, 0)).orElseThrow();
    var used = over.after(EntryKind.HOLD, amount(120, 0)).orElseThrow();

    assertThat(used.after(EntryKind.OVERDRAFT_END, amount(31, 0))).isEmpty();
    assertThat(used.after(EntryKind.OVERDRAFT_END, amount(30, 0)).orElseThrow().free())
        .isEqualTo(amount(0, 10));
  }

  @Test
  void aRefundMakesSpentFreeAgain() {
    var spent =
        FUNDED
            .after(EntryKind.HOLD, amount(40, 4))
            .flatMap(held -> held.after(EntryKind.SETTLE, amount(40, 4)))
            .orElseThrow();

    assertThat(spent.after(EntryKind.REFUND, amount(41, 0))).isEmpty();
    assertThat(spent.after(EntryKind.REFUND, amount(40, 4))).contains(FUNDED);
  }

  @Test
  void nothingMovesBackwards() {
    assertThatThrownBy(() -> FUNDED.after(EntryKind.HOLD, amount(-1, 0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void warnsAtHalfAtFourFifthsAndShortOfTheEndOfTheScarcerUnit() {
    assertThat(Usage.of(FUNDED).warning()).isZero();
    assertThat(used(49, 0).warning()).isZero();
    assertThat(used(50, 0).warning()).isEqualTo(50);
    assertThat(used(10, 8).warning()).isEqualTo(80);
    assertThat(used(95, 0).warning()).isEqualTo(95);
    assertThat(Usage.of(Balance.NOTHING).share()).isZero();
    var onCredit =
        Balance.NOTHING
            .after(EntryKind.OVERDRAFT, amount(10, 0))
            .flatMap(over -> over.after(EntryKind.HOLD, amount(1, 0)))
            .orElseThrow();
    assertThat(Usage.of(onCredit).warning()).isEqualTo(95);
  }

  private static Usage used(int time, int money) {
    return Usage.of(FUNDED.after(EntryKind.HOLD, amount(time, money)).orElseThrow());
  }

  private static Amount amount(int seconds, int money) {
    return new Amount(GpuTime.ofSeconds(seconds), Money.of(money));
  }
}
