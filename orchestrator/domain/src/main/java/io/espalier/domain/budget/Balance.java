package io.espalier.domain.budget;

import io.espalier.domain.unit.GpuTime;

/** What an account has: {@code held + spent} never exceed {@code funded + overdraft}. */
public record Balance(GpuTime funded, GpuTime held, GpuTime spent, GpuTime overdraft) {

  public static final Balance NOTHING =
      new Balance(GpuTime.ZERO, GpuTime.ZERO, GpuTime.ZERO, GpuTime.ZERO);

  public GpuTime free() {
    return funded.plus(overdraft).minus(held).minus(spent);
  }
}
