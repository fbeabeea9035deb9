package io.espalier.domain.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.Snapshot.Closed;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Maintenance;
import io.espalier.domain.schedule.Snapshot.Quota;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A cluster at one moment, told in sentences: hosts, teams, what runs and what waits. */
final class Scene {

  static final Terms TERMS =
      new Terms(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(4));
  static final Rules RULES = Rules.standard();
  static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  static final GpuTime NEED = GpuTime.ofSeconds(60);
  static final GpuTime AMPLE = GpuTime.ofHours(100);
  static final Bytes MEMORY = new Bytes(80L << 30);

  static final UUID RED = id(1);
  static final UUID BLUE = id(2);
  static final UUID GREEN = id(3);

  private final Map<UUID, Team> teams = new LinkedHashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Running> running = new ArrayList<>();
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final List<Maintenance> maintenance = new ArrayList<>();

  static UUID id(int number) {
    return new UUID(0, number);
  }

  static UUID named(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
  }

  Scene team(UUID team) {
    return team(team, 1);
  }

  Scene team(UUID team, int weight) {
    teams.put(team, new Team(team, AMPLE, weight, Map.of()));
    return this;
  }

  Scene team(UUID team, GpuTime free) {
    teams.put(team, new Team(team, free, 1, Map.of()));
    return this;
  }

  /** A quota in the pool {@code H200}. */
  Scene team(UUID team, int weight, int guarantee, int ceiling) {
    var quota = new Quota(weight, guarantee, ceiling);
    teams.put(team, new Team(team, AMPLE, weight, Map.of("H200", quota)));
    return this;
  }

  /** With so many H200. */
  Scene host(String name, int slots) {
    return host(name, slots, "H200");
  }

  Scene host(String name, int slots, String pool) {
    var all = new ArrayList<Slot>();
    for (int i = 0; i < slots; i++) {
      all.add(new Slot(slot(name, i), i, pool, SlotKind.WHOLE, MEMORY, null));
    }
    return host(new Host(named(name), name, true, false, List.of(), all));
  }

  Scene host(Host host) {
    hosts.put(host.name(), host);
    return this;
  }

  Scene silent(String name) {
    var host = host(name);
    return host(new Host(host.agent(), name, false, false, host.labels(), host.slots()));
  }

  Scene draining(String name) {
    var host = host(name);
    return host(new Host(host.agent(), name, true, true, host.labels(), host.slots()));
  }

  Scene labelled(String name, String... labels) {
    var host = host(name);
    return host(new Host(host.agent(), name, true, false, List.of(labels), host.slots()));
  }

  Scene closed(String name, int index, Closed closed) {
    var host = host(name);
    var slots = new ArrayList<>(host.slots());
    var slot = slots.get(index);
    slots.set(index, new Slot(slot.id(), index, slot.pool(), slot.kind(), slot.memory(), closed));
    return host(new Host(host.agent(), name, true, host.draining(), host.labels(), slots));
  }

  /** All slots of a host are of another kind and size. */
  Scene sliced(String name, SlotKind kind, Bytes memory) {
    var host = host(name);
    var slots =
        host.slots().stream()
            .map(slot -> new Slot(slot.id(), slot.index(), slot.pool(), kind, memory, null))
            .toList();
    return host(new Host(host.agent(), name, true, false, host.labels(), slots));
  }

  Scene maintenance(@Nullable String host, Duration begins, Duration lasts) {
    var from = NOW.plus(begins);
    maintenance.add(
        new Maintenance(
            id(70_000 + maintenance.size()),
            from,
            from.plus(lasts),
            host == null ? null : named(host),
            null));
    return this;
  }

  Scene waits(Task... tasks) {
    for (var task : tasks) waiting.add(task.waiting());
    return this;
  }

  Scene runs(Lease... leases) {
    for (var lease : leases) {
      var pool = host(lease.host).slots().get(lease.indices.getFirst()).pool();
      running.add(lease.running(pool));
    }
    return this;
  }

  private Host host(String name) {
    var host = hosts.get(name);
    if (host == null) throw new IllegalArgumentException("No host " + name);
    return host;
  }

  static UUID slot(String host, int index) {
    return named(host + " " + index);
  }

  Snapshot snapshot() {
    return new Snapshot(
        NOW,
        TERMS,
        RULES,
        List.copyOf(teams.values()),
        List.copyOf(waiting),
        List.copyOf(running),
        List.copyOf(hosts.values()),
        List.copyOf(maintenance));
  }

  Plan plan() {
    return Planner.plan(snapshot());
  }

  /** The one reason of the one task that waits. */
  WaitingReason reason() {
    var plan = plan();
    if (!plan.grants().isEmpty() || plan.waits().size() != 1) {
      throw new AssertionError("One task should wait: " + plan);
    }
    return plan.waits().getFirst().reason();
  }

  static Task aTask(int number, UUID team) {
    return new Task(number, team);
  }

  /** A task that waits: one slot of H200, normal, submitted an hour ago. */
  static final class Task {
    private final int number;
    private final UUID team;
    private UUID owner = id(900);
    private double usage;
    private Shape shape = Shape.SINGLE.in("H200");
    private PriorityClass priority = PriorityClass.NORMAL;
    private GpuTime need = NEED;
    private GpuTime cap = AMPLE;
    private Duration age = Duration.ofHours(1);
    private @Nullable Instant opensAt;
    private @Nullable Instant deadline;
    private @Nullable Remaining work;
    private List<UUID> avoid = List.of();

    private Task(int number, UUID team) {
      this.number = number;
      this.team = team;
    }

    Task of(int member, double gpuHours) {
      owner = id(900 + member);
      usage = GpuTime.ofHours(gpuHours).millis();
      return this;
    }

    Task gang(int slots) {
      shape = new Shape(shape.pool(), slots, shape.labels(), shape.memory());
      return this;
    }

    Task in(@Nullable String pool) {
      shape = shape.in(pool);
      return this;
    }

    Task on(String... labels) {
      shape = new Shape(shape.pool(), shape.slots(), List.of(labels), shape.memory());
      return this;
    }

    Task with(Bytes memory) {
      shape = new Shape(shape.pool(), shape.slots(), shape.labels(), memory);
      return this;
    }

    Task at(PriorityClass other) {
      priority = other;
      return this;
    }

    Task needing(GpuTime other) {
      need = other;
      return this;
    }

    Task cappedAt(GpuTime other) {
      cap = other;
      return this;
    }

    Task submitted(Duration ago) {
      age = ago;
      return this;
    }

    Task opensIn(Duration time) {
      opensAt = NOW.plus(time);
      return this;
    }

    Task dueIn(Duration time) {
      deadline = NOW.plus(time);
      return this;
    }

    Task lasting(Duration time) {
      work = Remaining.exactly(time);
      return this;
    }

    Task avoiding(String host) {
      avoid = List.of(named(host));
      return this;
    }

    Waiting waiting() {
      return new Waiting(
          id(5000 + number),
          1,
          id(number),
          1,
          team,
          owner,
          usage,
          TaskKind.TRAIN,
          false,
          shape,
          priority,
          need,
          cap,
          NOW.minus(age),
          opensAt,
          deadline,
          work,
          avoid);
    }
  }

  static Lease aLease(int number, UUID team, String host, Integer... slots) {
    return new Lease(number, team, host, List.of(slots));
  }

  /** A lease that has run for an hour with a checkpoint just saved and an hour to go. */
  static final class Lease {
    private final int number;
    private final UUID team;
    private final String host;
    private final List<Integer> indices;
    private PriorityClass priority = PriorityClass.NORMAL;
    private Duration age = Duration.ofHours(1);
    private boolean yielding;
    private @Nullable Remaining left = Remaining.exactly(Duration.ofHours(1));
    private Duration unsaved = Duration.ZERO;
    private @Nullable Instant yieldBy;
    private int preemptions;

    private Lease(int number, UUID team, String host, List<Integer> indices) {
      this.number = number;
      this.team = team;
      this.host = host;
      this.indices = indices;
    }

    Lease at(PriorityClass other) {
      priority = other;
      return this;
    }

    Lease granted(Duration ago) {
      age = ago;
      return this;
    }

    Lease yielding() {
      yielding = true;
      return this;
    }

    Lease endsIn(@Nullable Duration time) {
      left = time == null ? null : Remaining.exactly(time);
      return this;
    }

    Lease unsaved(Duration time) {
      unsaved = time;
      return this;
    }

    Lease promisedAway(Duration ago) {
      yieldBy = NOW.minus(ago);
      return this;
    }

    Lease preempted(int times) {
      preemptions = times;
      return this;
    }

    private Running running(String pool) {
      return new Running(
          id(20_000 + number),
          id(5000 + number),
          id(number),
          team,
          named(host),
          TaskKind.TRAIN,
          indices.stream().map(index -> slot(host, index)).toList(),
          pool,
          priority,
          NOW.minus(age),
          yielding,
          left,
          unsaved,
          yieldBy,
          preemptions);
    }
  }
}
