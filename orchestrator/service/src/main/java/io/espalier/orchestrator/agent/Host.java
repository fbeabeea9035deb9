package io.espalier.orchestrator.agent;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.wire.Hello;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An agent as everybody who is signed in may see it.
 *
 * @param live heard of recently enough to be given work
 * @param labels that jobs can ask for
 * @param facts absent until its first hello
 */
public record Host(
    UUID id,
    String name,
    boolean live,
    boolean draining,
    List<String> labels,
    Hello.@Nullable HostFacts facts,
    List<Slot> slots,
    Instant enrolledAt,
    @Nullable Instant lastSeenAt) {

  /**
   * @param present in the host's last report
   * @param enabled by an admin
   * @param quarantine why it gets no work since its hardware failed; null if it has not
   * @param work what has it; null if nothing does
   */
  public record Slot(
      int index,
      String pool,
      long memoryBytes,
      @Nullable String device,
      boolean present,
      boolean enabled,
      @Nullable String quarantine,
      @Nullable Work work) {

    public boolean isUsable() {
      return present && enabled && quarantine == null;
    }
  }

  /** That can be given work. */
  public List<Slot> usableSlots() {
    return slots.stream().filter(Slot::isUsable).toList();
  }

  /** Those of the usable slots that have some. */
  public int busySlots() {
    return (int) usableSlots().stream().filter(slot -> slot.work() != null).count();
  }

  /** A task on a slot. */
  public record Work(Whose whose, TaskKind task, Instant since) {}
}
