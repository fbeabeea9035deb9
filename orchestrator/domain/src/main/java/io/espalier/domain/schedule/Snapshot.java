package io.espalier.domain.schedule;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All that a plan depends on, read in one transaction. */
public record Snapshot(Terms terms, List<Team> teams, List<Waiting> waiting, List<Host> hosts) {

  /**
   * @param weight share of the cluster, relative to other teams
   * @param liveSlots slots under live leases
   * @param free of the team's account
   */
  public record Team(UUID id, int weight, int liveSlots, GpuTime free) {}

  /**
   * A task without a lease.
   *
   * @param parked its job is paused for want of budget and resumes when there is some
   * @param pool where it must run, or null for any
   * @param need what must be fundable before a start is worth it
   * @param capFree what its job's cap still allows
   */
  public record Waiting(
      UUID task,
      long taskVersion,
      UUID job,
      long jobVersion,
      UUID team,
      TaskKind kind,
      boolean parked,
      @Nullable String pool,
      GpuTime need,
      GpuTime capFree,
      Instant submittedAt) {}

  /** {@code live}: heard of recently enough to be trusted with work. */
  public record Host(UUID agent, String name, boolean live, boolean draining, List<Slot> slots) {}

  /** {@code usable}: reported by the host and not disabled by an admin. */
  public record Slot(UUID id, int index, String pool, boolean usable, boolean busy) {}
}
