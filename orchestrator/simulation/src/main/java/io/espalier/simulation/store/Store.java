package io.espalier.simulation.store;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.budget.Funding;
import io.espalier.domain.budget.Posting;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.job.TaskState;
import io.espalier.domain.lease.AfterRun;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.lease.LiveLease;
import io.espalier.domain.lease.Reception;
import io.espalier.domain.schedule.Plan;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.simulation.store.Rows.Account;
import io.espalier.simulation.store.Rows.Agent;
import io.espalier.simulation.store.Rows.Checkpoint;
import io.espalier.simulation.store.Rows.Job;
import io.espalier.simulation.store.Rows.Lease;
import io.espalier.simulation.store.Rows.Slot;
import io.espalier.simulation.store.Rows.Task;
import io.espalier.simulation.store.Rows.Team;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tables and the transactions on them. Where the SQL shell locks, checks and writes, this does
 * the same at one moment; what is decided is decided by the domain in both.
 *
 * <p>Not final, and some steps are not private, so that a test can plant a fault and see whether
 * the checker finds it.
 */
public class Store {

  private static final int KEPT_CHECKPOINTS = 2;
  private static final Duration WRITE_SEEN_EVERY = Duration.ofSeconds(10);

  private final Terms terms;
  private final Fence fence;
  private final Duration silence;
  private final Supplier<Instant> clock;
  private final Supplier<UUID> ids;
  private final Checker checker = new Checker();

  private final Map<UUID, Team> teams = new HashMap<>();
  private final Map<UUID, Job> jobs = new HashMap<>();
  private final Map<String, Job> jobsByKey = new HashMap<>();
  private final Map<UUID, Task> tasks = new HashMap<>();
  private final Map<UUID, Lease> leases = new HashMap<>();
  private final Map<UUID, Agent> agents = new HashMap<>();
  private final Map<UUID, Slot> slots = new HashMap<>();
  private final List<Team> teamsInOrder = new ArrayList<>();
  private final List<Agent> agentsInOrder = new ArrayList<>();
  private final List<Lease> live = new ArrayList<>();
  private final Set<String> contents = new HashSet<>();
  private final Set<String> creditKeys = new HashSet<>();
  private final Map<String, Rate> rates = new HashMap<>();

  /**
   * @param clock the database's
   * @param ids of new rows, as the database gives them
   */
  public Store(
      Terms terms, Fence fence, Duration silence, Supplier<Instant> clock, Supplier<UUID> ids) {
    this.terms = terms;
    this.fence = fence;
    this.silence = silence;
    this.clock = clock;
    this.ids = ids;
  }

  public Checker checker() {
    return checker;
  }

  public Instant now() {
    return clock.get();
  }

  /** What a slot of a pool costs from now on; a lease keeps the rate of its grant. */
  public void setRate(String pool, Rate rate) {
    rates.put(pool, rate);
  }

  // ── People ────────────────────────────────────────────────────────────────────────────────────

  /** {@code quotas} by pool. */
  public UUID addTeam(Map<String, Snapshot.Quota> quotas) {
    var team = new Team(ids.get(), teams.size() + 1, quotas);
    teams.put(team.id, team);
    teamsInOrder.add(team);
    teamsInOrder.sort((a, b) -> a.id.compareTo(b.id));
    return team.id;
  }

  /** Whether it was booked now: the same key books once. */
  public boolean fund(UUID team, Amount amount, String key) {
    if (!creditKeys.add(team + key)) return false;
    credit(team(team).account, amount);
    return true;
  }

  /** The id of the job; empty if team or cap cannot pay for a start. */
  public Optional<UUID> submit(Submission submission) {
    var earlier = jobsByKey.get(submission.key());
    if (earlier != null) return Optional.of(earlier.id);
    var team = team(submission.team());
    var needed = submission.needed();
    if (needed.isMoreThan(submission.cap().time())
        || needed.isMoreThan(team.account.free().time())) {
      return Optional.empty();
    }
    var job = new Job(ids.get(), jobs.size() + 1, team, submission, now());
    jobs.put(job.id, job);
    jobsByKey.put(submission.key(), job);
    team.open.add(job);
    checker.jobMoved(job, null, JobState.QUEUED);
    credit(job.cap, submission.cap());
    insertTask(job, TaskKind.PROFILE, submission.shape().pool());
    return Optional.of(job.id);
  }

  /** False if it has ended otherwise. */
  public boolean cancel(UUID id) {
    var job = job(id);
    if (job.state == JobState.CANCELLED) return true;
    if (job.state.isTerminal()) return false;
    move(job, JobState.CANCELLED, null, null);
    for (var task : job.tasks) {
      if (task.state != TaskState.WAITING && task.state != TaskState.LEASED) continue;
      change(task, TaskState.CANCELLED, task.losses);
      if (task.live != null) store(task.live, task.live.live.told(Wish.STOP));
    }
    return true;
  }

  /** Lets a job rest until somebody resumes it; false if it has ended. */
  public boolean pause(UUID id) {
    var job = job(id);
    if (job.state.isTerminal()) return false;
    if (job.pause == PauseReason.USER) return true;
    var task = job.tasks.getLast();
    if (task.live == null) {
      move(job, JobState.PAUSED, PauseReason.USER, null);
      task.version++;
    } else {
      askToYield(task.live, PauseReason.USER);
    }
    return true;
  }

  /** Lets a job go on that somebody has paused; false if there is nothing to resume. */
  public boolean resume(UUID id) {
    var job = job(id);
    if (job.state.isTerminal()) return false;
    if (job.pause != null && job.pause.endsByItself()) return false;
    var task = job.tasks.getLast();
    if (job.pause != null) {
      move(job, stateOf(task), null, null);
    } else if (task.live != null && task.live.live.yieldReason() == PauseReason.USER) {
      store(task.live, task.live.live.toGoOn());
    }
    return true;
  }

  private static JobState stateOf(Task task) {
    return task.kind == TaskKind.PROFILE && task.epoch == 0 ? JobState.QUEUED : task.kind.state();
  }

  /** False if the job has ended. */
  public boolean raiseCap(UUID id, Amount by) {
    var job = job(id);
    if (job.state.isTerminal()) return false;
    credit(job.cap, by);
    return true;
  }

  public boolean isEnded(UUID job) {
    return job(job).state.isTerminal();
  }

  // ── Planning ──────────────────────────────────────────────────────────────────────────────────

  /** Whether a plan would have anything to do. */
  public boolean hasWaiting() {
    for (var team : teamsInOrder) {
      for (var job : team.open) {
        if (isQueued(job)) return true;
      }
    }
    return false;
  }

  public Snapshot snapshot() {
    return Snapshots.read(terms, silence, now(), teamsInOrder, agentsInOrder, live, rates);
  }

  static boolean isQueued(Job job) {
    return job.tasks.getLast().state == TaskState.WAITING
        && (job.state != JobState.PAUSED || job.pause != PauseReason.USER);
  }

  /** False if anything that the grant relies on has changed since the snapshot. */
  public boolean grant(Plan.Grant grant) {
    var waiting = grant.waiting();
    var job = job(waiting.job());
    var task = task(waiting.task());
    var taken = grant.slots().stream().map(slot -> slot(slot.id())).toList();
    var agent = agent(grant.host().agent());
    boolean outdated =
        job.version != waiting.jobVersion()
            || task.version != waiting.taskVersion()
            || task.state != TaskState.WAITING
            || taken.stream().anyMatch(slot -> slot.lease != null)
            || agent.draining
            || !free(job).covers(rate(grant.pool()).amount(grant.hold()));
    if (outdated) return false;
    if (job.state != task.kind.state()) move(job, task.kind.state(), null, null);
    task.epoch++;
    task.pool = grant.pool();
    change(task, TaskState.LEASED, task.losses);
    var now = now();
    var lease =
        new Lease(
            ids.get(),
            leases.size() + 1,
            task,
            agent,
            taken,
            task.epoch,
            Funding.begin(rate(grant.pool()), taken.size(), grant.hold(), now),
            now);
    lease.yieldBy = grant.yieldBy();
    leases.put(lease.id, lease);
    live.add(lease);
    agent.live.add(lease);
    task.live = lease;
    for (var slot : taken) slot.lease = lease;
    checker.granted(lease);
    post(lease, List.of(lease.live.funding().opening()));
    bump(agent);
    return true;
  }

  /** The trainer saves and leaves; then the task waits again at its old place. */
  public boolean askToLeave(Plan.Yield asked) {
    var lease = lease(asked.running().lease());
    if (!askToYield(lease, asked.reason())) return false;
    if (asked.reason() == PauseReason.PREEMPTED) lease.task.preemptions++;
    return true;
  }

  /** A parked job that can be paid for again waits like any other. */
  public boolean resume(UUID id, long version, TaskKind kind) {
    var job = job(id);
    if (job.version != version) return false;
    move(job, kind.state(), null, null);
    return true;
  }

  /** Live leases that may have expired. */
  public List<UUID> unheard() {
    var limit = now().minus(fence.regrantAfter());
    var unheard = new ArrayList<UUID>();
    for (var lease : live) {
      if (!lease.live.renewedAt().isAfter(limit)) unheard.add(lease.id);
    }
    return unheard;
  }

  /** Takes a lease back if it has not been heard of for long enough. */
  public boolean expire(UUID id, Instant upSince) {
    var lease = leases.get(id);
    if (lease == null || !lease.isLive()) return false;
    if (!isExpired(lease.live.renewedAt(), upSince)) return false;
    lost(lease);
    return true;
  }

  boolean isExpired(Instant renewedAt, Instant upSince) {
    return fence.isExpired(renewedAt, upSince, now());
  }

  // ── Agents ────────────────────────────────────────────────────────────────────────────────────

  public UUID addAgent(String name, int slotCount, String pool) {
    var agent = new Agent(ids.get(), agents.size() + 1, name);
    agents.put(agent.id, agent);
    agentsInOrder.add(agent);
    for (int index = 0; index < slotCount; index++) {
      var slot = new Slot(ids.get(), slots.size() + 1, index, pool);
      slots.put(slot.id, slot);
      agent.slots.add(slot);
    }
    return agent.id;
  }

  public void drain(UUID agent, boolean draining) {
    agent(agent).draining = draining;
  }

  public boolean yieldForDrain(UUID id) {
    return askToYield(lease(id), PauseReason.DRAIN);
  }

  public List<UUID> liveOf(UUID agent) {
    var ids = new ArrayList<UUID>();
    for (var lease : agent(agent).live) ids.add(lease.id);
    return ids;
  }

  /**
   * The first transaction of a hello: what the host is, and the leases that it may lose; none if
   * the agent has said a later hello already.
   */
  public List<UUID> hello(UUID id, long number) {
    var agent = agent(id);
    if (isLate(agent, number)) return List.of();
    agent.helloNumber = Math.max(agent.helloNumber, number);
    agent.lastSeenAt = now();
    return liveOf(id);
  }

  boolean isLate(Agent agent, long number) {
    return number != 0 && number <= agent.helloNumber;
  }

  /** Each further one: a lease that the agent still runs is its own again, another one is lost. */
  public void adoptOrLose(UUID id, List<Hello.RunningLease> running) {
    var lease = lease(id);
    if (!lease.isLive()) return;
    long epoch = -1;
    for (var one : running) {
      if (one.leaseId().equals(id)) epoch = Math.max(epoch, one.epoch());
    }
    if (epoch == lease.epoch) renew(lease);
    else lost(lease);
  }

  public long desiredVersion(UUID agent) {
    return agent(agent).desiredVersion;
  }

  public Desired desired(UUID id) {
    var agent = agent(id);
    seen(agent);
    var wanted = new ArrayList<Desired.Lease>(agent.live.size());
    for (var lease : agent.live) {
      wanted.add(
          new Desired.Lease(
              lease.id,
              lease.epoch,
              lease.slots.stream().map(slot -> slot.index).toList(),
              validFor(lease).toMillis(),
              lease.live.wish(),
              Specs.of(lease)));
    }
    return new Desired(agent.desiredVersion, wanted);
  }

  public void seen(UUID agent) {
    seen(agent(agent));
  }

  private void seen(Agent agent) {
    if (agent.lastSeenAt == null || agent.lastSeenAt.isBefore(now().minus(WRITE_SEEN_EVERY))) {
      agent.lastSeenAt = now();
    }
  }

  /** Whether a live lease of this agent may send contents; then it is stored. */
  public boolean storeContent(UUID agent, UUID leaseId, String content) {
    var lease = leases.get(leaseId);
    if (lease == null || !lease.isLive() || !lease.agent.id.equals(agent)) return false;
    contents.add(content);
    return true;
  }

  public TaskKind kindOf(UUID task) {
    return task(task).kind;
  }

  public boolean hasContent(String content) {
    return contents.contains(content);
  }

  /** What an agent says about one of its leases. Empty if it names a content that is not here. */
  public Optional<Events.Verdict> accept(UUID agent, Events.OfLease batch) {
    var lease = leases.get(batch.leaseId());
    if (lease == null) return Optional.of(stale(batch));
    var reception = reception(lease, isOwn(lease, agent, batch), batch);
    return switch (reception) {
      case Reception.Stale() -> Optional.of(stale(batch));
      case Reception.Ended() -> Optional.of(ended(lease));
      case Reception.SignOfLife() -> Optional.of(accepted(lease, renew(lease)));
      case Reception.News news -> store(lease, news);
    };
  }

  boolean isOwn(Lease lease, UUID agent, Events.OfLease batch) {
    return lease.agent.id.equals(agent) && lease.epoch == batch.epoch();
  }

  Reception reception(Lease lease, boolean own, Events.OfLease batch) {
    return Reception.of(
        lease.state, own, lease.nextSequence, batch.firstSequence(), batch.events());
  }

  private Optional<Events.Verdict> store(Lease lease, Reception.News news) {
    for (var event : news.events()) {
      for (var file : event.files()) {
        if (!contents.contains(file.blob().sha256())) return Optional.empty();
      }
    }
    for (var event : news.events()) {
      checker.stored(lease, lease.nextSequence++, event);
      if (event instanceof TrainerEvent.Checkpoint checkpoint) {
        checkpoint(lease.task, checkpoint);
        lease.savedAt = now();
        lease.live = lease.live.checkpointed(fence, now());
      }
    }
    if (!news.last().isLast()) return Optional.of(accepted(lease, renew(lease)));
    end(lease, news.last());
    return Optional.of(ended(lease));
  }

  private static void checkpoint(Task task, TrainerEvent.Checkpoint said) {
    var checkpoints = task.checkpoints;
    checkpoints.removeIf(known -> known.step() == said.step());
    checkpoints.add(new Checkpoint(said.step(), said.files().getFirst().blob().sha256()));
    checkpoints.sort((a, b) -> Integer.compare(a.step(), b.step()));
    while (checkpoints.size() > KEPT_CHECKPOINTS) checkpoints.removeFirst();
    task.losses = 0;
  }

  private static Events.Verdict accepted(Lease lease, Duration valid) {
    return new Events.Verdict(
        lease.id, Events.Outcome.ACCEPTED, lease.nextSequence, valid.toMillis());
  }

  private static Events.Verdict ended(Lease lease) {
    return new Events.Verdict(lease.id, Events.Outcome.ENDED, lease.nextSequence, 0);
  }

  private static Events.Verdict stale(Events.OfLease batch) {
    return new Events.Verdict(batch.leaseId(), Events.Outcome.STALE_EPOCH, 0, 0);
  }

  // ── Leases ────────────────────────────────────────────────────────────────────────────────────

  private Duration renew(Lease lease) {
    var renewed = lease.live.renew(fence, terms, () -> free(lease.task.job), now());
    post(lease, renewed.postings());
    store(lease, renewed.lease());
    return renewed.validFor();
  }

  private Duration validFor(Lease lease) {
    var now = now();
    return fence.validFor(lease.live.renewedAt(), now, lease.live.funding().slice().left(now));
  }

  private static Amount free(Job job) {
    return job.team.account.free().atMost(job.cap.free());
  }

  /** Whether it was asked now, or for another reason than before. */
  boolean askToYield(Lease lease, PauseReason reason) {
    if (!lease.isLive()) return false;
    var asked = lease.live.askedToYield(reason);
    if (asked.equals(lease.live)) return false;
    store(lease, asked);
    return true;
  }

  private void store(Lease lease, LiveLease after) {
    var before = lease.live.wish();
    lease.live = after;
    checker.changed(lease);
    if (after.wish() != before) bump(lease.agent);
  }

  private void release(Lease lease, boolean fault) {
    end(lease, LeaseState.RELEASED, lease.live.released(fence, fault, now()));
  }

  private void expire(Lease lease) {
    end(lease, LeaseState.EXPIRED, lease.live.expired());
  }

  private void end(Lease lease, LeaseState state, List<Posting> postings) {
    lease.state = state;
    lease.endedAt = now();
    live.remove(lease);
    lease.agent.live.remove(lease);
    lease.task.live = null;
    for (var slot : lease.slots) slot.lease = null;
    post(lease, postings);
    checker.ended(lease);
    bump(lease.agent);
  }

  /** To the team's account and to the job's. */
  void post(Lease lease, List<Posting> postings) {
    for (var posting : postings) {
      post(lease.task.job.team.account, lease, posting);
      post(lease.task.job.cap, lease, posting);
    }
  }

  private void post(Account account, Lease lease, Posting posting) {
    account.balance =
        account
            .balance
            .after(posting.kind(), posting.amount())
            .orElseThrow(
                () -> new Violation("Account " + account.number + " has not got " + posting));
    checker.posted(account, lease, posting.slice(), posting.kind(), posting.amount());
  }

  private void credit(Account account, Amount amount) {
    account.balance =
        account
            .balance
            .after(EntryKind.CREDIT, amount)
            .orElseThrow(() -> new Violation("A credit overdraws account " + account.number));
    checker.posted(account, null, 0, EntryKind.CREDIT, amount);
  }

  private Rate rate(String pool) {
    return rates.getOrDefault(pool, Rate.FREE);
  }

  // ── Tasks ─────────────────────────────────────────────────────────────────────────────────────

  private static AfterRun.Run run(Lease lease) {
    var task = lease.task;
    int batch = task.kind == TaskKind.PROFILE ? 0 : task.job.submission.batch();
    return new AfterRun.Run(
        task.job.state,
        task.kind,
        task.losses,
        batch,
        task.microBatch,
        lease.live.wish(),
        lease.live.yieldReason());
  }

  private void end(Lease lease, TrainerEvent last) {
    var task = lease.task;
    switch (AfterRun.said(run(lease), last, true)) {
      case AfterRun.Unwanted() -> release(lease, false);
      case AfterRun.Done(_) -> {
        release(lease, false);
        change(task, TaskState.DONE, task.losses);
        goOn(task.job, task);
      }
      case AfterRun.Requeue requeue -> {
        release(lease, !requeue.billed());
        requeue(lease, requeue);
      }
      case AfterRun.GiveUp(var reason, _) -> {
        release(lease, !reason.isBilled());
        giveUp(lease, reason);
      }
    }
  }

  private void lost(Lease lease) {
    var run = run(lease);
    expire(lease);
    switch (AfterRun.lost(run, "lost")) {
      case AfterRun.Unwanted() -> {}
      case AfterRun.Requeue requeue -> requeue(lease, requeue);
      case AfterRun.GiveUp(var reason, _) -> giveUp(lease, reason);
      case AfterRun.Done(var answer) -> throw new IllegalStateException("Lost with " + answer);
    }
  }

  private void requeue(Lease lease, AfterRun.Requeue how) {
    var task = lease.task;
    if (how.elsewhere()) {
      quarantine(lease);
      task.avoid = lease.agent;
    }
    task.microBatch = how.microBatch();
    change(task, TaskState.WAITING, how.losses());
    if (how.pause() != null) move(task.job, JobState.PAUSED, how.pause(), null);
  }

  private void giveUp(Lease lease, FailureReason reason) {
    if (reason == FailureReason.HARDWARE) quarantine(lease);
    change(lease.task, TaskState.FAILED, lease.task.losses);
    move(lease.task.job, JobState.FAILED, null, reason);
  }

  private static void quarantine(Lease lease) {
    for (var slot : lease.slots) slot.quarantined = true;
  }

  /** An admin has looked at all the hardware. */
  public void liftQuarantines() {
    for (var slot : slots.values()) slot.quarantined = false;
  }

  private void goOn(Job job, Task done) {
    switch (done.kind) {
      case PROFILE -> goOn(job, TaskKind.TRAIN, done.pool);
      case TRAIN -> goOn(job, TaskKind.EVALUATE, done.pool);
      case EVALUATE -> move(job, JobState.SUCCEEDED, null, null);
    }
  }

  private void goOn(Job job, TaskKind next, @Nullable String pool) {
    insertTask(job, next, pool);
    move(job, next.state(), null, null);
  }

  private void insertTask(Job job, TaskKind kind, @Nullable String pool) {
    var task = new Task(ids.get(), tasks.size() + 1, job, kind, pool, job.submission.need(kind));
    tasks.put(task.id, task);
    job.tasks.add(task);
    checker.changed(task);
  }

  private void change(Task task, TaskState to, int losses) {
    task.state = to;
    task.losses = losses;
    task.version++;
    checker.changed(task);
  }

  private void move(
      Job job, JobState to, @Nullable PauseReason pause, @Nullable FailureReason failure) {
    if (!job.state.next().contains(to)) {
      throw new Violation("Job " + job.number + " cannot go from " + job.state + " to " + to);
    }
    checker.jobMoved(job, job.state, to);
    job.state = to;
    job.pause = pause;
    job.failure = failure;
    job.version++;
    if (to.isTerminal()) job.team.open.remove(job);
  }

  private static void bump(Agent agent) {
    agent.desiredVersion++;
  }

  // ── Finding ───────────────────────────────────────────────────────────────────────────────────

  private Team team(UUID id) {
    return found(teams.get(id), "team", id);
  }

  private Job job(UUID id) {
    return found(jobs.get(id), "job", id);
  }

  private Task task(UUID id) {
    return found(tasks.get(id), "task", id);
  }

  private Lease lease(UUID id) {
    return found(leases.get(id), "lease", id);
  }

  private Agent agent(UUID id) {
    return found(agents.get(id), "agent", id);
  }

  private Slot slot(UUID id) {
    return found(slots.get(id), "slot", id);
  }

  private static <T> T found(@Nullable T row, String what, UUID id) {
    if (row == null) throw new IllegalArgumentException("There is no " + what + " " + id);
    return row;
  }

  // ── What can be observed ──────────────────────────────────────────────────────────────────────

  /** Every row that a platform would show in one way or another, as lines in their own order. */
  public List<String> observed() {
    var lines = new ArrayList<String>();
    for (var team : teams.values()) lines.add(Observed.of(team.id, team.account));
    for (var agent : agents.values()) lines.add(Observed.of(agent));
    for (var lease : leases.values()) lines.add(Observed.of(lease));
    for (var job : jobs.values()) {
      lines.add(Observed.of(job));
      lines.add(Observed.of(job.id, job.cap));
      for (var task : job.tasks) {
        lines.add(Observed.of(task));
        for (var checkpoint : task.checkpoints) lines.add(Observed.of(task, checkpoint));
      }
    }
    lines.sort(null);
    return lines;
  }

  public boolean knowsTask(UUID id) {
    return tasks.containsKey(id);
  }

  public boolean knowsLease(UUID id) {
    return leases.containsKey(id);
  }

  public boolean hasJob(UUID id) {
    return jobs.containsKey(id);
  }

  /** Everything, once more from the beginning: what the checker knows by increments. */
  public void checkAll() {
    checker.checkAll(jobs.values(), leases.values(), contents);
  }

  public int leaseCount() {
    return leases.size();
  }

  /** Jobs that have not ended, and why, for a person who looks for a reason. */
  public String open() {
    var text = new StringBuilder();
    for (var team : teamsInOrder) {
      for (var job : team.open) {
        var task = job.tasks.getLast();
        text.append(
            "job %d %s %s, task %d %s %s, losses %d, team free %s, cap free %s%n"
                .formatted(
                    job.number,
                    job.state,
                    job.pause,
                    task.number,
                    task.kind,
                    task.state,
                    task.losses,
                    team.account.free(),
                    job.cap.free()));
      }
    }
    return text.toString();
  }

  public boolean hasOpenJobs() {
    for (var team : teamsInOrder) {
      if (!team.open.isEmpty()) return true;
    }
    return false;
  }

  /** The longest that a live lease has not been heard of. */
  public Duration longestSilence() {
    var longest = Duration.ZERO;
    for (var lease : live) {
      var silence = Duration.between(lease.live.renewedAt(), now());
      if (silence.compareTo(longest) > 0) longest = silence;
    }
    return longest;
  }

  public boolean hasLiveLeases() {
    return !live.isEmpty();
  }
}
