package io.espalier.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.schedule.Plan;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.Shape;
import io.espalier.domain.schedule.SlotKind;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.database.Columns;
import io.espalier.simulation.store.Store;
import io.espalier.simulation.store.Submission;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * The simulator's store keeps the contract of the real one: the same random commands, at the same
 * moments of a clock that is moved by hand, get the same answers and leave the same rows.
 */
class SimulatedStoreTest {

  private static final int COMMANDS = 160;

  /** Of every training here: all are chosen from the one profile that the agents report. */
  private static final int BATCH = SimulatedAgent.profile().batchSize();

  private static final Duration SILENCE = Duration.ofHours(5);

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Deque<UUID> ids = new ArrayDeque<>();
  private final Store store =
      new Store(
          TestPlatform.TERMS, TestPlatform.FENCE, SILENCE, () -> now, () -> ids.removeFirst());
  private final CommitGrants commit = new CommitGrants(platform.leases);
  private final List<TestPlatform.Team> teams = new ArrayList<>();
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final List<UUID> jobs = new ArrayList<>();
  private final Set<Events.Outcome> outcomes = EnumSet.noneOf(Events.Outcome.class);
  private Random random = new Random();

  /** A task as both stores have it. */
  private record Task(
      UUID id,
      UUID job,
      UUID team,
      TaskKind kind,
      long version,
      long jobVersion,
      boolean parked,
      GpuTime need) {}

  /** A lease, live or not. */
  private record Lease(UUID id, UUID agent, long epoch, long next, boolean live, TaskKind kind) {}

  private record Slot(UUID id, UUID agent, int index, String pool) {}

  @RepeatedTest(4)
  void answersAndEndsAsTheDatabaseDoes(RepetitionInfo repetition) {
    random = new Random(repetition.getCurrentRepetition());
    platform.database.stopClock(now);
    for (var name : List.of("red", "blue")) addTeam(name);
    for (var name : List.of("oak", "elm")) addAgent(name, 2);
    for (int i = 0; i < COMMANDS; i++) {
      pass(Duration.ofMillis(1 + random.nextInt(random.nextInt(4) == 0 ? 200_000 : 20_000)));
      int command = random.nextInt(24);
      act(command);
      store.checker().afterTransaction();
      assertThat(store.observed())
          .as("after command %d of kind %d", i, command)
          .isEqualTo(observed());
    }
    store.checkAll();
    platform.assertInvariants();
    assertThat(store.leaseCount()).as("leases that were compared").isGreaterThan(2);
    assertThat(outcomes).as("answers that were compared").hasSize(Events.Outcome.values().length);
  }

  private void act(int command) {
    switch (command) {
      case 0, 1, 22, 23 -> submit();
      case 2, 3, 4, 5, 20, 21 -> grant();
      case 6, 7, 8, 9, 10, 11 -> report();
      case 12 -> desire();
      case 13 -> hello();
      case 14 -> reap();
      case 15 -> cancelOrRaise();
      case 16 -> pause();
      case 17 -> resume();
      case 18 -> drain();
      case 19 -> fund();
      default -> throw new IllegalArgumentException("No command " + command);
    }
  }

  private void pass(Duration time) {
    now = now.plus(time);
    platform.database.setClock(now);
  }

  // ── Commands ──────────────────────────────────────────────────────────────────────────────────

  private void addTeam(String name) {
    var team = platform.team(name, GpuTime.ZERO);
    teams.add(team);
    ids.add(team.id);
    store.addTeam(Map.of());
    fund(team, GpuTime.ofHours(2), "first of " + name);
  }

  private void addAgent(String name, int slots) {
    var agent = platform.agent(name, slots);
    agents.add(agent);
    ids.add(agent.id);
    slots().stream().filter(slot -> slot.agent().equals(agent.id)).forEach(s -> ids.add(s.id()));
    store.addAgent(name, slots, "cpu");
    store.hello(agent.id, 0);
  }

  private void submit() {
    var team = any(teams);
    var cap = GpuTime.ofSeconds(any(List.of(60, 2400, 3600, 3600)));
    var key = "job " + random.nextInt(40) + " " + team.id + " " + cap;
    var minimum = platform.jobs.preview(team.member, team.submission(cap)).needed();
    var real = attempt(() -> platform.jobs.submit(team.member, team.submission(cap), key).id());
    real.filter(id -> !jobs.contains(id))
        .ifPresent(id -> {
          jobs.add(id);
          ids.add(id);
          ids.add(task(id, TaskKind.PROFILE));
        });
    var simulated =
        store.submit(
            new Submission(
                team.id,
                team.member.userId(),
                new Amount(cap, Money.UNLIMITED),
                BATCH,
                new Shape(null, 1, List.of(), new Bytes(0)),
                PriorityClass.NORMAL,
                kind -> real.map(job -> need(job, kind)).orElse(GpuTime.ZERO),
                minimum,
                key));
    assertThat(simulated).isEqualTo(real);
  }

  private void grant() {
    var waiting = waiting();
    if (waiting.isEmpty()) return;
    var task = any(waiting);
    var free = freeSlots();
    var slot = free.isEmpty() || random.nextInt(6) == 0 ? any(slots()) : any(free);
    long stale = random.nextInt(12) == 0 ? 1 : 0;
    var hold =
        TestPlatform.TERMS.firstHold(
            1, task.need(), GpuTime.ofSeconds(any(List.of(700, 2000, 2000))));
    if (hold.equals(GpuTime.ZERO)) return;
    var grant =
        new Plan.Grant(
            new Snapshot.Waiting(
                task.id(),
                task.version() - stale,
                task.job(),
                task.jobVersion(),
                task.team(),
                task.team(),
                0,
                task.kind(),
                task.parked(),
                Shape.SINGLE,
                PriorityClass.NORMAL,
                task.need(),
                hold,
                Money.UNLIMITED,
                now,
                null,
                null,
                null,
                List.of()),
            new Snapshot.Host(slot.agent(), "", true, false, List.of(), List.of()),
            List.of(
                new Snapshot.Slot(
                    slot.id(), slot.index(), slot.pool(), SlotKind.WHOLE, new Bytes(1), null)),
            hold,
            null);
    boolean real =
        platform.transactions.asPlanner(jdbc -> commit.apply(jdbc, List.of(grant)).contains(grant));
    if (real) {
      leases().stream().map(Lease::id).filter(id -> !store.knowsLease(id)).forEach(ids::add);
    }
    assertThat(store.grant(grant)).as("grant").isEqualTo(real);
  }

  private void report() {
    var leases = leases();
    if (leases.isEmpty()) return;
    var live = leases.stream().filter(Lease::live).toList();
    var lease = live.isEmpty() || random.nextInt(6) == 0 ? any(leases) : any(live);
    long epoch = random.nextInt(10) == 0 ? lease.epoch() - 1 : lease.epoch();
    var agent = random.nextInt(12) == 0 ? any(agents).id : lease.agent();
    long first = Math.max(0, lease.next() - random.nextInt(2) + random.nextInt(8) / 7);
    var events = new ArrayList<TrainerEvent>();
    for (int i = random.nextInt(4); i > 0; i--) events.add(event(lease, agent));
    if (random.nextInt(3) == 0) events.add(lastWord(lease));
    var batch = new Events.OfLease(lease.id(), epoch, first, List.copyOf(events));
    var real =
        attempt(() ->
            platform
                .agents
                .events(agent, new Events.Request(List.of(batch)))
                .verdicts()
                .getFirst());
    newTasks();
    store.seen(agent);
    assertThat(store.accept(agent, batch)).as("%s", batch).isEqualTo(real);
    real.map(Events.Verdict::outcome).ifPresent(outcomes::add);
  }

  private TrainerEvent event(Lease lease, UUID agent) {
    int step = random.nextInt(100);
    if (random.nextInt(3) > 0 || lease.kind() != TaskKind.TRAIN) {
      return new TrainerEvent.Progress(now, "training", step, 100);
    }
    var bytes = ("state at " + step).getBytes(StandardCharsets.UTF_8);
    var sha256 = sha256(bytes);
    if (random.nextInt(5) > 0) {
      boolean stored =
          attempt(
                  () -> {
                    platform.agents.storeBlob(
                        agent, lease.id(), sha256, new ByteArrayInputStream(bytes));
                    return true;
                  })
              .isPresent();
      assertThat(store.storeContent(agent, lease.id(), sha256)).isEqualTo(stored);
    }
    return new TrainerEvent.Checkpoint(
        now, step, List.of(new NamedBlob("state", new Blob(sha256, bytes.length))));
  }

  private TrainerEvent lastWord(Lease lease) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 ->
          switch (lease.kind()) {
            case PROFILE -> new TrainerEvent.Profiled(now, SimulatedAgent.profile());
            case TRAIN -> new TrainerEvent.Trained(now, 100, 80, 0.9, List.of());
            case EVALUATE ->
                new TrainerEvent.Evaluated(
                    now,
                    "accuracy",
                    0.5,
                    0.9,
                    0.5,
                    10,
                    List.of(),
                    List.of(),
                    List.of(),
                    0,
                    List.of());
          };
      case 3, 4 -> new TrainerEvent.Yielded(now, 7);
      default ->
          new TrainerEvent.Failed(
              now,
              any(List.of(FailureReason.values())),
              Problem.of("test", Category.INTERNAL, "trainer", "It failed.", "Try again."));
    };
  }

  private void desire() {
    var agent = any(agents);
    var real = platform.agents.desired(agent.id, -1, Duration.ZERO);
    var simulated = store.desired(agent.id);
    assertThat(simulated.version()).isEqualTo(real.version());
    assertThat(told(simulated)).isEqualTo(told(real));
  }

  private static List<String> told(Desired desired) {
    return desired.leases().stream()
        .map(lease ->
            "%s %d %s %d %s"
                .formatted(
                    lease.leaseId(),
                    lease.epoch(),
                    lease.slots(),
                    lease.validMillis(),
                    lease.wish()))
        .sorted()
        .toList();
  }

  private void hello() {
    var agent = any(agents);
    long number = random.nextInt(6);
    var running =
        leases().stream()
            .filter(lease -> lease.agent().equals(agent.id) && random.nextBoolean())
            .map(lease -> new Hello.RunningLease(lease.id(), lease.epoch()))
            .toList();
    platform.agents.hello(
        agent.id,
        new Hello.Request(
            new Hello.HostFacts("host", "0.1.0", 2, 1L << 34, 1L << 36),
            IntStream.range(0, 2)
                .mapToObj(index -> new Hello.SlotFacts(index, "cpu", 1L << 33, null))
                .toList(),
            running,
            number));
    for (var lease : store.hello(agent.id, number)) store.adoptOrLose(lease, running);
  }

  private void reap() {
    var upSince = now.minusSeconds(any(List.of(60, 121, 100_000)));
    int real = platform.reaper(upSince).tick();
    long simulated = store.unheard().stream().filter(lease -> store.expire(lease, upSince)).count();
    assertThat(simulated).isEqualTo(real);
  }

  private void cancelOrRaise() {
    if (jobs.isEmpty()) return;
    var job = any(jobs);
    var member = member(job);
    if (random.nextInt(3) == 0) {
      boolean real = attempt(() -> platform.jobs.cancel(member.member, job)).isPresent();
      assertThat(store.cancel(job)).isEqualTo(real);
    } else {
      var by = Amount.of(GpuTime.ofSeconds(300));
      boolean real = attempt(() -> platform.jobs.raiseCap(member.member, job, by)).isPresent();
      assertThat(store.raiseCap(job, by)).isEqualTo(real);
    }
  }

  private void pause() {
    if (jobs.isEmpty()) return;
    var job = any(jobs);
    boolean real = attempt(() -> platform.jobs.pause(member(job).member, job)).isPresent();
    assertThat(store.pause(job)).isEqualTo(real);
  }

  private void resume() {
    var parked = waiting().stream().filter(Task::parked).toList();
    if (!parked.isEmpty() && random.nextBoolean()) {
      var task = any(parked);
      boolean real =
          platform.transactions.asPlanner(
              jdbc -> platform.flow.resume(jdbc, task.job(), task.jobVersion(), task.kind()));
      assertThat(store.resume(task.job(), task.jobVersion(), task.kind())).isEqualTo(real);
    } else if (!jobs.isEmpty()) {
      var job = any(jobs);
      boolean real = attempt(() -> platform.jobs.resume(member(job).member, job)).isPresent();
      assertThat(store.resume(job)).isEqualTo(real);
    }
  }

  private void drain() {
    var agent = any(agents);
    boolean draining = random.nextInt(3) == 0;
    platform.agents.drain(platform.admin, agent.id, draining);
    store.drain(agent.id, draining);
    if (!draining) return;
    for (var lease : store.liveOf(agent.id)) store.yieldForDrain(lease);
  }

  private void fund() {
    var team = any(teams);
    fund(team, GpuTime.ofSeconds(600), "credit " + random.nextInt(3));
  }

  private void fund(TestPlatform.Team team, GpuTime amount, String key) {
    platform.budgets.credit(team.owner, team.id, Amount.of(amount), "for tests", key);
    store.fund(team.id, Amount.of(amount), key);
  }

  // ── The database, as it is ────────────────────────────────────────────────────────────────────

  private static <T> Optional<T> attempt(Callable<T> call) {
    try {
      return Optional.of(call.call());
    } catch (Refused refused) {
      return Optional.empty();
    } catch (Exception broken) {
      throw new IllegalStateException(broken);
    }
  }

  private <T> T any(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  private TestPlatform.Team member(UUID job) {
    var team =
        platform
            .database
            .superuser()
            .sql("select team_id from job where id = :job")
            .param("job", job)
            .query(UUID.class)
            .single();
    return teams.stream().filter(one -> one.id.equals(team)).findFirst().orElseThrow();
  }

  private UUID task(UUID job, TaskKind kind) {
    return platform
        .database
        .superuser()
        .sql("select id from task where job_id = :job and kind = :kind")
        .param("job", job)
        .param("kind", kind.name())
        .query(UUID.class)
        .single();
  }

  private void newTasks() {
    platform.database.superuser().sql("select id from task").query(UUID.class).list().stream()
        .filter(id -> !store.knowsTask(id))
        .forEach(ids::add);
  }

  private GpuTime need(UUID job, TaskKind kind) {
    return platform
        .database
        .superuser()
        .sql("select need_millis from task where job_id = :job and kind = :kind")
        .param("job", job)
        .param("kind", kind.name())
        .query((row, _) -> Columns.gpuTime(row, "need_millis"))
        .optional()
        .orElse(GpuTime.ZERO);
  }

  private List<Task> waiting() {
    return platform
        .database
        .superuser()
        .sql(
            """
            select k.id, k.job_id, k.team_id, k.kind, k.version, j.version as job_version,
                   j.pause_reason is not distinct from 'BUDGET' as parked, k.need_millis
            from task k join job j on j.id = k.job_id
            where k.state = 'WAITING' and j.pause_reason is distinct from 'USER'
            order by k.place, k.id
            """)
        .query((row, _) ->
            new Task(
                Columns.uuid(row, "id"),
                Columns.uuid(row, "job_id"),
                Columns.uuid(row, "team_id"),
                Columns.constant(row, "kind", TaskKind.class),
                row.getLong("version"),
                row.getLong("job_version"),
                row.getBoolean("parked"),
                Columns.gpuTime(row, "need_millis")))
        .list();
  }

  private List<Lease> leases() {
    return platform
        .database
        .superuser()
        .sql(
            """
            select l.id, l.agent_id, l.epoch, l.next_sequence, l.state = 'LIVE' as live, t.kind
            from lease l join task t on t.id = l.task_id order by l.granted_at, l.epoch, l.id
            """)
        .query((row, _) ->
            new Lease(
                Columns.uuid(row, "id"),
                Columns.uuid(row, "agent_id"),
                row.getLong("epoch"),
                row.getLong("next_sequence"),
                row.getBoolean("live"),
                Columns.constant(row, "kind", TaskKind.class)))
        .list();
  }

  private List<Slot> slots() {
    return platform
        .database
        .superuser()
        .sql(
            """
            select s.id, s.agent_id, s.index, s.pool
            from slot s join agent a on a.id = s.agent_id order by a.name, s.index
            """)
        .query((row, _) ->
            new Slot(
                Columns.uuid(row, "id"),
                Columns.uuid(row, "agent_id"),
                row.getInt("index"),
                row.getString("pool")))
        .list();
  }

  private List<Slot> freeSlots() {
    var busy =
        platform
            .database
            .superuser()
            .sql("select slot_id from lease_slot where live")
            .query(UUID.class)
            .list();
    return slots().stream().filter(slot -> !busy.contains(slot.id())).toList();
  }

  /** The same lines as {@link Store#observed}, written by the database. */
  private List<String> observed() {
    return platform
        .database
        .superuser()
        .sql(
            """
            select 'job ' || id || ' ' || state || ' ' || coalesce(pause_reason, '-') || ' '
                   || coalesce(failure_reason, '-') || ' ' || version
            from job
            union all
            select 'task ' || id || ' ' || kind || ' ' || state || ' epoch ' || epoch || ' losses '
                   || losses || ' micro ' || coalesce(micro_batch::text, '-') || ' avoid '
                   || coalesce(avoid_agent::text, '-') || ' preempted ' || preemptions
                   || ' version ' || version
            from task
            union all
            select 'lease ' || id || case when state = 'LIVE'
                then ' LIVE ' || wish || ' ' || coalesce(yield_reason, '-') || ' next '
                     || next_sequence || ' slice ' || slice || ' from '
                     || (extract(epoch from slice_started_at) * 1000)::bigint || ' held '
                     || held_millis || ' settled ' || settled_millis || ' durable '
                     || durable_millis || ' renewed '
                     || (extract(epoch from renewed_at) * 1000)::bigint
                else ' ' || state || ' next ' || next_sequence || ' ended '
                     || (extract(epoch from ended_at) * 1000)::bigint end
            from lease
            union all
            select 'account ' || coalesce(job_id, team_id) || ' funded ' || funded || '/'
                   || coalesce(money_funded, :unlimited) || ' held ' || held || '/' || money_held
                   || ' spent ' || spent || '/' || money_spent
            from budget_account
            union all
            select 'checkpoint ' || task_id || ' ' || step || ' ' || (files -> 0 -> 'blob' ->> 'sha256')
            from checkpoint
            union all
            select 'agent ' || id || ' version ' || desired_version || ' draining ' || draining
            from agent
            """)
        .param("unlimited", Money.UNLIMITED.micros())
        .query(String.class)
        .list()
        .stream()
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
