package io.espalier.simulation.store;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.Funding;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.job.TaskState;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.lease.LiveLease;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.unit.GpuTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables. Only the store writes them. */
final class Rows {

  static final class Team {
    final UUID id;
    final int number;
    final Account account;
    final Map<String, Snapshot.Quota> quotas;
    final List<Job> open = new ArrayList<>();

    Team(UUID id, int number, Map<String, Snapshot.Quota> quotas) {
      this.id = id;
      this.number = number;
      this.quotas = Map.copyOf(quotas);
      this.account = new Account(number);
    }
  }

  /** {@code number} is negative for the cap of a job. */
  static final class Account {
    final int number;
    Balance balance = Balance.NOTHING;

    Account(int number) {
      this.number = number;
    }

    Amount free() {
      return balance.free();
    }
  }

  static final class Job {
    final UUID id;
    final int number;
    final Team team;
    final Account cap;
    final Instant submittedAt;
    final Submission submission;
    final List<Task> tasks = new ArrayList<>(3);
    JobState state = JobState.QUEUED;
    @Nullable PauseReason pause;
    @Nullable FailureReason failure;
    long version;

    Job(UUID id, int number, Team team, Submission submission, Instant submittedAt) {
      this.id = id;
      this.number = number;
      this.team = team;
      this.cap = new Account(-number);
      this.submission = submission;
      this.submittedAt = submittedAt;
    }
  }

  static final class Task {
    final UUID id;
    final int number;
    final Job job;
    final TaskKind kind;
    final GpuTime need;
    final List<Checkpoint> checkpoints = new ArrayList<>(3);
    TaskState state = TaskState.WAITING;
    @Nullable String pool;
    long epoch;
    int losses;
    int preemptions;
    @Nullable Integer microBatch;
    @Nullable Agent avoid;
    long version;
    @Nullable Lease live;

    Task(UUID id, int number, Job job, TaskKind kind, @Nullable String pool, GpuTime need) {
      this.id = id;
      this.number = number;
      this.job = job;
      this.kind = kind;
      this.pool = pool;
      this.need = need;
    }
  }

  record Checkpoint(int step, String content) {}

  static final class Lease {
    final UUID id;
    final int number;
    final Task task;
    final Agent agent;
    final List<Slot> slots;
    final long epoch;
    final @Nullable Checkpoint from;
    final Instant grantedAt;
    LeaseState state = LeaseState.LIVE;
    LiveLease live;
    @Nullable Instant yieldBy;
    long nextSequence;
    Instant savedAt;
    @Nullable Instant endedAt;

    Lease(
        UUID id,
        int number,
        Task task,
        Agent agent,
        List<Slot> slots,
        long epoch,
        Funding funding,
        Instant grantedAt) {
      this.id = id;
      this.number = number;
      this.task = task;
      this.agent = agent;
      this.slots = slots;
      this.epoch = epoch;
      this.from = task.checkpoints.isEmpty() ? null : task.checkpoints.getLast();
      this.grantedAt = grantedAt;
      this.live = LiveLease.granted(funding, grantedAt);
      this.savedAt = grantedAt;
    }

    boolean isLive() {
      return state == LeaseState.LIVE;
    }
  }

  static final class Agent {
    final UUID id;
    final int number;
    final String name;
    final List<Slot> slots = new ArrayList<>();
    final List<Lease> live = new ArrayList<>();
    boolean draining;
    long desiredVersion;
    long helloNumber;
    @Nullable Instant lastSeenAt;

    Agent(UUID id, int number, String name) {
      this.id = id;
      this.number = number;
      this.name = name;
    }
  }

  static final class Slot {
    final UUID id;
    final int number;
    final int index;
    final String pool;
    boolean quarantined;
    @Nullable Lease lease;

    Slot(UUID id, int number, int index, String pool) {
      this.id = id;
      this.number = number;
      this.index = index;
      this.pool = pool;
    }
  }

  private Rows() {}
}
