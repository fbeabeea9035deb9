package io.espalier.domain.budget;

import java.util.Optional;

/** What an account has: {@code held + spent} never exceed {@code funded + overdraft}. */
public record Balance(Amount funded, Amount held, Amount spent, Amount overdraft) {

  public static final Balance NOTHING =
      new Balance(Amount.NOTHING, Amount.NOTHING, Amount.NOTHING, Amount.NOTHING);

  public Amount free() {
    return funded.plus(overdraft).minus(held).minus(spent);
  }

  /** Whether one of its amounts, or what is free, is less than nothing. */
  public boolean isOverdrawn() {
    return free().isNegative()
        || funded.isNegative()
        || held.isNegative()
        || spent.isNegative()
        || overdraft.isNegative();
  }

  /** The balance after an entry; empty if the account has not got what the entry takes. */
  public Optional<Balance> after(EntryKind kind, Amount amount) {
    if (amount.isNegative()) {
      throw new IllegalArgumentException("An entry moves no negative amount: " + amount);
    }
    var after =
        new Balance(
            moved(funded, kind.funded(), amount),
            moved(held, kind.held(), amount),
            moved(spent, kind.spent(), amount),
            moved(overdraft, kind.overdraft(), amount));
    return after.isOverdrawn() ? Optional.empty() : Optional.of(after);
  }

  private static Amount moved(Amount amount, int sign, Amount by) {
    return switch (sign) {
      case 1 -> amount.plus(by);
      case -1 -> amount.minus(by);
      default -> amount;
    };
  }
}
