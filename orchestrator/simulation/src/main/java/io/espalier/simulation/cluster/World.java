package io.espalier.simulation.cluster;

import io.espalier.domain.agent.LeaseKey;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.unit.Money;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.simulation.event.Agenda;
import io.espalier.simulation.event.Chance;
import io.espalier.simulation.event.Trace;
import io.espalier.simulation.store.Store;
import io.espalier.simulation.store.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One seed's cluster, from its beginning until every job has ended: an hour and more of work under
 * faults, then all is healed, and then everything must come to an end by itself.
 */
public final class World {

  private static final long MINUTE = 60_000;
  private static final long SETTLE = 10 * MINUTE;
  private static final long OVERDUE = 5 * MINUTE;

  /** Long enough for the longest job at the end of the longest queue. */
  private static final long PATIENCE = 48 * 60 * MINUTE;

  /** Two pools: a task of a mixed cluster may run in either, or in one alone. */
  static final List<String> POOLS = List.of("A100", "H200");

  static final int LARGEST_GANG = 2;

  /** Two of each pool outlast everything, so that every task has a place in the end. */
  static final int KEPT_HOSTS = 4;

  private final Settings settings;
  private final Agenda agenda = new Agenda();
  private final Trace<Happening> trace = new Trace<>(agenda, Happening.class);
  private final Chance chance;
  private final Store store;
  private final Database database;
  private final Network network;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Host> hosts = new ArrayList<>();
  private final Map<UUID, Host> hostsByAgent = new HashMap<>();
  private final Map<UUID, TrainerProcess> running = new HashMap<>();
  private final Map<LeaseKey, List<TrainerEvent>> said = new HashMap<>();
  private final People people;
  private final Nemesis nemesis;
  private final long faultyUntil;
  private Faults faults;
  private @Nullable Node planLock;
  private long ids;
  private long awaySince = -1;
  private long backSince = Long.MIN_VALUE / 2;

  public World(long seed, Settings settings) {
    this(seed, settings, Store::new);
  }

  /** {@code stores}: with a fault of its own, in a test. */
  public World(long seed, Settings settings, Stores stores) {
    this.settings = settings;
    chance = new Chance(seed);
    faults = Faults.drawn(chance.split());
    store =
        stores.open(
            settings.terms(), settings.fence(), settings.silence(), this::now, this::nextId);
    for (var pool : POOLS) {
      store.setRate(pool, new Rate(Money.of(chance.between(0, 30) / 10.0)));
    }
    database = new Database(store, chance.split(), trace, faults);
    network = new Network(agenda, chance.split(), trace, nodes, faults);
    for (int i = 0; i <= chance.below(3); i++) nodes.add(new Node(this, i + 1));
    int count = (int) chance.between(KEPT_HOSTS, 7);
    for (int i = 1; i <= count; i++) hosts.add(host(i));
    people = new People(this, chance.split());
    nemesis = new Nemesis(this, chance.split(), people);
    faultyUntil = chance.between(15, 45) * MINUTE;
    store.checker().onStored(this::stored);
  }

  /** How a store is opened. */
  @FunctionalInterface
  public interface Stores {
    Store open(
        Terms terms, Fence fence, Duration silence, Supplier<Instant> clock, Supplier<UUID> ids);
  }

  private Host host(int number) {
    var draws = chance.split();
    var agent =
        store.addAgent(
            "host-" + number,
            (int) draws.between(number <= KEPT_HOSTS ? LARGEST_GANG : 1, 4),
            POOLS.get(number % POOLS.size()));
    long offset = draws.between(-60, 60) * MINUTE + 10_000_000_000L;
    double rate = 1 + faults.drift() * (2 * draws.share() - 1);
    var host = new Host(this, number, agent, new HostClock(agenda, offset, rate), draws);
    hostsByAgent.put(agent, host);
    return host;
  }

  private UUID nextId() {
    return new UUID(0, ++ids);
  }

  private Instant now() {
    return Instant.ofEpochMilli(agenda.now());
  }

  /** Runs to the end, or to the first violation. */
  public void run() {
    for (var node : nodes) node.start();
    for (var host : hosts) host.startDaemon();
    beat();
    people.begin(faultyUntil);
    nemesis.begin(faults);
    while (agenda.next(faultyUntil)) {}
    heal();
    agenda.in(OVERDUE, this::requireThatLostLeasesAreTakenBack);
    long end = faultyUntil + PATIENCE;
    while (store.hasOpenJobs() && agenda.next(end)) {}
    if (store.hasOpenJobs()) {
      throw new Violation("Work does not come to an end after all faults have:\n" + store.open());
    }
    long settled = agenda.now() + SETTLE;
    while (agenda.next(settled)) {}
    if (store.hasLiveLeases()) throw new Violation("A lease outlives all jobs");
    if (!running.isEmpty()) throw new Violation("A trainer outlives all jobs");
    people.requireAcknowledged();
    store.checkAll();
  }

  /**
   * Nothing is wrong any more: whoever is silent for so long is gone, and everybody can know it.
   */
  private void requireThatLostLeasesAreTakenBack() {
    if (store.longestSilence().toMillis() > OVERDUE) {
      throw new Violation("A lost lease is not taken back");
    }
    agenda.in(MINUTE, this::requireThatLostLeasesAreTakenBack);
  }

  private void heal() {
    trace.note(Happening.HEALED, 0, 0);
    faults = Faults.NONE;
    database.suffer(faults);
    network.suffer(faults);
    nemesis.heal();
    people.helpOut();
  }

  /** Quartz: a beat fires on one living node, whichever comes first. */
  private void beat() {
    agenda.in(
        settings.planPeriod(),
        () -> {
          var living = nodes.stream().filter(Node::isUp).toList();
          if (!living.isEmpty() && !database.isDown()) {
            living.get(chance.below(living.size())).wake();
            living.get(chance.below(living.size())).reap();
          }
          beat();
        });
  }

  // ── What parts of the cluster have in common ──────────────────────────────────────────────────

  Settings settings() {
    return settings;
  }

  Agenda agenda() {
    return agenda;
  }

  public Trace<Happening> trace() {
    return trace;
  }

  public long events() {
    return agenda.happened();
  }

  public long checks() {
    return store.checker().checks();
  }

  Store store() {
    return store;
  }

  Database database() {
    return database;
  }

  Network network() {
    return network;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<Host> hosts() {
    return hosts;
  }

  int hostNumber(UUID agent) {
    var host = hostsByAgent.get(agent);
    return host == null ? 0 : host.number();
  }

  boolean takePlanLock(Node node) {
    if (planLock != null && planLock != node) return false;
    planLock = node;
    return true;
  }

  void releasePlanLock(Node node) {
    if (planLock == node) planLock = null;
  }

  /** The session that held it has lost its database. */
  void breakPlanLock() {
    planLock = null;
  }

  /** The database's notices: after a commit, to every node that listens. */
  void announce(UUID agent) {
    for (var node : nodes) {
      if (chance.happens(faults.unheardNotice())) continue;
      agenda.in(chance.between(1, 20), () -> node.hearOf(agent));
    }
  }

  void announceWork() {
    for (var node : nodes) {
      if (chance.happens(faults.unheardNotice())) continue;
      agenda.in(chance.between(1, 20), node::wake);
    }
  }

  void announceAll() {
    announceWork();
    for (var host : hosts) announce(host.agent());
  }

  // ── What no part of it can know ───────────────────────────────────────────────────────────────

  TrainerProcess trainer(Host host, Folder folder) {
    return new TrainerProcess(
        this, host, folder, store.kindOf(folder.spec.taskId()), people.script(folder.spec.jobId()));
  }

  void trainerStarts(LeaseKey key, UUID task, TrainerProcess process) {
    if (running.putIfAbsent(task, process) != null) {
      throw new Violation("Two trainers run the same task, the second under epoch " + key.epoch());
    }
  }

  void trainerEnds(UUID task, TrainerProcess process) {
    running.remove(task, process);
  }

  /** R4: who could not be heard for want of a platform is waited for once it is back. */
  void expired() {
    long heard = agenda.now() - backSince;
    if (heard < settings.fence().regrantAfter().toMillis()) {
      throw new Violation(
          "A lease expired although the platform had been back for only " + heard + " ms");
    }
  }

  /** To be told whenever a node or the database has come or gone. */
  void lookAtPlatform() {
    boolean away = database.isDown() || nodes.stream().noneMatch(Node::isUp);
    if (away && awaySince < 0) awaySince = agenda.now();
    if (away || awaySince < 0) return;
    // A gap that no node can tell from a late beat is shorter than what trainers bear anyway.
    if (agenda.now() - awaySince > settings.longestGap().toMillis()) backSince = agenda.now();
    awaySince = -1;
  }

  /** A trainer reads the checkpoint that it was told to go on from. */
  void load(String content) {
    if (!store.hasContent(content)) {
      throw new Violation("A listed checkpoint cannot be loaded: " + content);
    }
  }

  void spooled(LeaseKey key, TrainerEvent event) {
    said.computeIfAbsent(key, _ -> new ArrayList<>()).add(event);
  }

  /** What is stored under a number is what the run said under that number. */
  private void stored(UUID lease, long epoch, long sequence, TrainerEvent event) {
    var all = said.get(new LeaseKey(lease, epoch));
    if (all == null
        || sequence >= all.size()
        || !Objects.equals(all.get(Math.toIntExact(sequence)), event)) {
      throw new Violation("Event " + sequence + " is stored as what the run did not say");
    }
  }
}
