package io.espalier.simulation.cluster;

import io.espalier.domain.agent.LeaseKey;
import io.espalier.domain.agent.Reconciliation;
import io.espalier.domain.agent.Reconciliation.Step;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The daemon of {@code gpu-agent/daemon}, with its loops as events: hello, then following the
 * platform's desire, reporting, and pressing trainers that should leave.
 */
final class Daemon {

  private static final long ANSWER = 30_000;

  /** Ten times as rarely as the daemon does, which changes nothing but the number of events. */
  private static final long PRESS = 2_000;

  private static final Hello.HostFacts FACTS = new Hello.HostFacts("host", "simulated", 1, 1, 1);

  private final World world;
  private final Host host;
  private final Map<LeaseKey, Run> runs = new LinkedHashMap<>();
  private final Set<LeaseKey> over = new HashSet<>();
  private final Backoff hello;
  private final Backoff following;
  private final Backoff reporting;
  private long version = -1;
  private boolean greeted;
  private boolean asking;
  private boolean news;
  private long reportDue;

  Daemon(World world, Host host) {
    this.world = world;
    this.host = host;
    this.hello = new Backoff(host.chance());
    this.following = new Backoff(host.chance());
    this.reporting = new Backoff(host.chance());
  }

  /** How long to wait before the next try, as the daemon's own does it. */
  static final class Backoff {
    private static final long FIRST = 200;
    private static final long MOST = 5_000;
    private final io.espalier.simulation.event.Chance chance;
    private long limit = FIRST;

    Backoff(io.espalier.simulation.event.Chance chance) {
      this.chance = chance;
    }

    long next() {
      long upper = limit;
      limit = Math.min(2 * limit, MOST);
      return chance.between(upper / 2, upper);
    }

    void reset() {
      limit = FIRST;
    }
  }

  void start() {
    for (var folder : host.folders()) {
      if (folder.trainer == null && !folder.closed) {
        host.delete(folder.key);
      } else {
        world.trace().note(Happening.TAKEN_OVER, host.number(), folder.key.epoch());
        var run = Run.adopted(world, host, this, folder);
        runs.put(folder.key, run);
      }
    }
    for (var run : List.copyOf(runs.values())) run.noticed();
    press();
    sayHello();
  }

  /** A step of this daemon later on; none if it is dead by then. */
  void later(long delay, Runnable step) {
    world.agenda().in(delay, () -> host.run(this, step));
  }

  <A> void call(
      long patience, Network.Request<A> request, Consumer<A> onAnswer, Runnable onFailure) {
    world
        .network()
        .call(
            host.line(),
            patience,
            request,
            answer -> host.run(this, () -> onAnswer.accept(answer)),
            () -> host.run(this, onFailure));
  }

  private void sayHello() {
    var running = runs.keySet().stream().map(LeaseKey::running).toList();
    var request = new Hello.Request(FACTS, List.of(), running, host.nextHello());
    this.<Boolean>call(
        ANSWER,
        (node, reply) -> node.hello(host.agent(), request, reply),
        _ -> {
          greeted = true;
          follow();
          report();
        },
        () -> later(hello.next(), this::sayHello));
  }

  // ── What the platform desires ─────────────────────────────────────────────────────────────────

  private void follow() {
    long since = version;
    long wait = world.settings().longPoll();
    this.<Desired>call(
        wait + ANSWER,
        (node, reply) -> node.desired(host.agent(), since, wait, reply),
        desired -> {
          follow(desired);
          version = desired.version();
          following.reset();
          follow();
        },
        () -> {
          version = -1;
          later(following.next(), this::follow);
        });
  }

  private void follow(Desired desired) {
    var listed = new HashSet<LeaseKey>();
    for (var lease : desired.leases()) listed.add(LeaseKey.of(lease));
    for (var step : Reconciliation.steps(desired, runs.keySet(), over)) {
      switch (step) {
        case Step.Start(var lease) -> begin(lease);
        case Step.Tell(var key, var wish) -> {
          var run = runs.get(key);
          if (run != null) run.tell(wish);
        }
        case Step.Discard(var key) -> discard(key);
      }
    }
    over.retainAll(listed);
  }

  private void begin(Desired.Lease lease) {
    if (host.isDiskFull()) return;
    var key = LeaseKey.of(lease);
    var run = Run.begun(world, host, this, host.create(key, lease.task()));
    runs.put(key, run);
    run.prepare();
    run.tell(lease.wish());
    newsToReport();
  }

  void discard(LeaseKey key) {
    if (runs.remove(key) == null) return;
    over.add(key);
    host.delete(key);
  }

  // ── Reports ───────────────────────────────────────────────────────────────────────────────────

  void newsToReport() {
    news = true;
    if (greeted && !asking) later(1, this::reportIfNews);
  }

  private void reportIfNews() {
    if (news && !asking) report();
  }

  private void report() {
    if (asking) return;
    asking = true;
    news = false;
    var reports = new ArrayList<Events.OfLease>(runs.size());
    for (var run : List.copyOf(runs.values())) {
      if (run.isBroken()) discard(run.key());
      else reports.add(run.report());
    }
    var request = new Events.Request(reports);
    var asked = host.clock().now();
    this.<Events.Answer>call(
        ANSWER,
        (node, reply) -> node.events(host.agent(), request, reply),
        answer -> {
          asking = false;
          reporting.reset();
          for (var verdict : answer.verdicts()) {
            for (var run : List.copyOf(runs.values())) {
              if (run.key().lease().equals(verdict.leaseId()) && run.hear(verdict, asked)) {
                discard(run.key());
              }
            }
          }
          nextReport();
        },
        () -> {
          asking = false;
          later(reporting.next(), this::report);
        });
  }

  private void nextReport() {
    boolean more = news;
    for (var run : runs.values()) more |= run.hasMoreToReport();
    if (more) {
      later(1, this::report);
      return;
    }
    long due = world.agenda().now() + world.settings().heartbeat();
    reportDue = due;
    later(
        world.settings().heartbeat(),
        () -> {
          if (reportDue == due) report();
        });
  }

  // ── Trainers ──────────────────────────────────────────────────────────────────────────────────

  private void press() {
    if (!runs.isEmpty()) {
      var now = host.clock().now();
      for (var run : runs.values()) run.press(now);
    }
    later(PRESS, this::press);
  }

  void trainerSpoke(Folder folder) {
    var run = runs.get(folder.key);
    if (run != null) run.trainerSpoke();
  }
}
