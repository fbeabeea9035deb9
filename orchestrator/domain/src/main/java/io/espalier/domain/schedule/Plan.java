package io.espalier.domain.schedule;

import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.util.List;

/** What to do about every waiting task: a grant or a reason, in the order of their turns. */
public record Plan(List<Grant> grants, List<Wait> waits) {

  /** {@code hold} is the first hold of the lease. */
  public record Grant(Waiting waiting, Host host, Slot slot, GpuTime hold) {}

  /** {@code text} says what would change it. */
  public record Wait(Waiting waiting, WaitingReason reason, String text) {}
}
