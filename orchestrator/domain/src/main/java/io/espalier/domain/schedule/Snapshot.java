package io.espalier.domain.schedule;

import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that a plan depends on, read at one moment.
 *
 * @param now by the database's clock
 * @param waiting heads of queues: of each team, shape, class and member the first few, enough to
 *     fill the free slots
 * @param running all live leases
 * @param rates by pool; one that is absent costs no money
 */
public record Snapshot(
    Instant now,
    Terms terms,
    Rules rules,
    List<Team> teams,
    List<Waiting> waiting,
    List<Running> running,
    List<Host> hosts,
    List<Maintenance> maintenance,
    Map<String, Rate> rates) {

  /** One of a house in which nothing costs money. */
  public Snapshot(
      Instant now,
      Terms terms,
      Rules rules,
      List<Team> teams,
      List<Waiting> waiting,
      List<Running> running,
      List<Host> hosts,
      List<Maintenance> maintenance) {
    this(now, terms, rules, teams, waiting, running, hosts, maintenance, Map.of());
  }

  /** What a lease of a pool costs that is granted now. */
  Rate rate(String pool) {
    return rates.getOrDefault(pool, Rate.FREE);
  }

  /**
   * @param free of the team's account
   * @param money of the team's account, free as well
   * @param weight in pools without a quota
   * @param quotas by pool
   */
  public record Team(UUID id, GpuTime free, Money money, int weight, Map<String, Quota> quotas) {

    public Team(UUID id, GpuTime free, int weight, Map<String, Quota> quotas) {
      this(id, free, Money.UNLIMITED, weight, quotas);
    }

    public Quota quota(String pool) {
      var own = quotas.get(pool);
      return own == null ? new Quota(weight, 0, Quota.NO_CEILING) : own;
    }
  }

  /**
   * What a team may have of a pool, in slots.
   *
   * @param weight share of what the guarantees leave, relative to other teams
   * @param guarantee its own whenever it wants it; lent to others while it does not
   * @param ceiling never more than this
   */
  public record Quota(int weight, int guarantee, int ceiling) {

    public static final int NO_CEILING = Integer.MAX_VALUE;

    public Quota {
      if (weight < 1 || guarantee < 0 || ceiling < guarantee) {
        throw new IllegalArgumentException(
            "A weight is positive, and 0 <= guarantee <= ceiling: weight "
                + weight
                + ", guarantee "
                + guarantee
                + ", ceiling "
                + ceiling);
      }
    }
  }

  /**
   * A task without a lease.
   *
   * @param owner the member who submitted its job
   * @param usage what the owner has used of late in this team, decayed, in GPU-milliseconds
   * @param parked its job is paused for want of budget and resumes when there is some
   * @param need what must be fundable before a start is worth it
   * @param capFree what its job's cap still allows
   * @param capMoney the same in money
   * @param opensAt not to be started before; null for at once
   * @param deadline its job is of no use after
   * @param work how long it will run; null if nothing is known
   * @param avoid agents where hardware failed under it
   */
  public record Waiting(
      UUID task,
      long taskVersion,
      UUID job,
      long jobVersion,
      UUID team,
      UUID owner,
      double usage,
      TaskKind kind,
      boolean parked,
      Shape shape,
      PriorityClass priority,
      GpuTime need,
      GpuTime capFree,
      Money capMoney,
      Instant submittedAt,
      @Nullable Instant opensAt,
      @Nullable Instant deadline,
      @Nullable Remaining work,
      List<UUID> avoid) {

    /** One whose job has no limit of its own in money. */
    public Waiting(
        UUID task,
        long taskVersion,
        UUID job,
        long jobVersion,
        UUID team,
        UUID owner,
        double usage,
        TaskKind kind,
        boolean parked,
        Shape shape,
        PriorityClass priority,
        GpuTime need,
        GpuTime capFree,
        Instant submittedAt,
        @Nullable Instant opensAt,
        @Nullable Instant deadline,
        @Nullable Remaining work,
        List<UUID> avoid) {
      this(
          task,
          taskVersion,
          job,
          jobVersion,
          team,
          owner,
          usage,
          kind,
          parked,
          shape,
          priority,
          need,
          capFree,
          Money.UNLIMITED,
          submittedAt,
          opensAt,
          deadline,
          work,
          avoid);
    }
  }

  /**
   * A live lease.
   *
   * @param yielding it was told to leave, or to stop, and has not yet
   * @param left how long it will run on; null if nothing is known
   * @param unsaved work since its last durable checkpoint: what a preemption would cost
   * @param yieldBy it was backfilled: others were promised its slots from then on
   * @param preemptions how often its task was preempted
   */
  public record Running(
      UUID lease,
      UUID task,
      UUID job,
      UUID team,
      UUID agent,
      TaskKind kind,
      List<UUID> slots,
      String pool,
      PriorityClass priority,
      Instant grantedAt,
      boolean yielding,
      @Nullable Remaining left,
      Duration unsaved,
      @Nullable Instant yieldBy,
      int preemptions) {}

  /** {@code live}: heard of recently enough to be trusted with work. */
  public record Host(
      UUID agent,
      String name,
      boolean live,
      boolean draining,
      List<String> labels,
      List<Slot> slots) {}

  /**
   * @param index its place on the host: neighbours are near each other
   * @param closed why it gets no work; null if it is open. A running lease makes it busy, not
   *     closed
   */
  public record Slot(
      UUID id, int index, String pool, SlotKind kind, Bytes memory, @Nullable Closed closed) {}

  /** Why a slot gets no work. */
  public enum Closed {
    /** Its host does not report it any more. */
    ABSENT,
    /** An admin has disabled it. */
    DISABLED,
    /** Hardware failed on it. */
    QUARANTINED
  }

  /**
   * A stretch of time in which hosts rest.
   *
   * @param agent null for all
   * @param pool null for all
   */
  public record Maintenance(
      UUID id, Instant from, Instant until, @Nullable UUID agent, @Nullable String pool) {

    boolean concerns(Host host, String hostPool) {
      return (agent == null || agent.equals(host.agent()))
          && (pool == null || pool.equals(hostPool));
    }
  }
}
