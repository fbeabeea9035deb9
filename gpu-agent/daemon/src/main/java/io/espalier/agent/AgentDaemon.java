package io.espalier.agent;

import io.espalier.agent.cache.ContentCache;
import io.espalier.agent.host.Devices;
import io.espalier.agent.host.HostClock;
import io.espalier.agent.host.ProcessMark;
import io.espalier.agent.host.ThisHost;
import io.espalier.agent.lease.Leases;
import io.espalier.agent.lease.Means;
import io.espalier.agent.platform.Backoff;
import io.espalier.agent.platform.PlatformAway;
import io.espalier.agent.platform.PlatformConnection;
import io.espalier.agent.platform.PlatformRefused;
import io.espalier.domain.agent.Patience;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.Hello.SlotFacts;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * The program on a GPU host. It calls the platform and is never called; it starts trainers, and
 * they outlive it: when it is ended or killed, the next one goes on where it was.
 */
public final class AgentDaemon {

  /** Exit code of a second daemon on the same folder: the first goes on, all is well. */
  static final int ALREADY_RUNNING = 3;

  private static final System.Logger LOG = System.getLogger(AgentDaemon.class.getName());

  private static final Duration LONG_POLL = Duration.ofSeconds(25);
  private static final Duration LOOK_AT_TRAINERS = Duration.ofMillis(200);
  private static final Duration LEAVE = Duration.ofSeconds(10);
  private static final Patience WITH_TRAINERS =
      new Patience(Duration.ofMinutes(2), LEAVE, Duration.ofSeconds(15));

  private static final String DRIVER_TOOL = "nvidia-smi";

  private final AgentOptions options;
  private final Patience patience;
  private final Signal news = new Signal();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean ending;
  private volatile Thread reporter = Thread.currentThread();

  AgentDaemon(AgentOptions options, Patience patience) {
    this.options = options;
    this.patience = patience;
  }

  public static void main(String... words) {
    System.setProperty(
        "java.util.logging.SimpleFormatter.format", "%1$tF %1$tT.%1$tL %4$s %5$s%6$s%n");
    try {
      System.exit(run(List.of(words)));
    } catch (Refused refused) {
      System.err.println("agent: " + refused.problem().sentence());
      System.exit(2);
    } catch (IOException | InterruptedException broken) {
      LOG.log(Level.ERROR, "The agent cannot go on", broken);
      System.exit(1);
    }
  }

  private static int run(List<String> words) throws IOException, InterruptedException {
    if (words.isEmpty() || words.contains("--help")) {
      System.err.print(AgentOptions.USAGE);
      return words.isEmpty() ? 2 : 0;
    }
    if (words.getFirst().equals("stop")) {
      stop(AgentOptions.state(words.subList(1, words.size()), System.getenv()));
      return 0;
    }
    var daemon = new AgentDaemon(AgentOptions.parse(words, System.getenv()), WITH_TRAINERS);
    Runtime.getRuntime().addShutdownHook(new Thread(daemon::end, "end"));
    return daemon.run() ? 0 : ALREADY_RUNNING;
  }

  /**
   * Runs until {@link #end}.
   *
   * @return false, at once, if another daemon has the state folder
   */
  boolean run() throws IOException, InterruptedException {
    reporter = Thread.currentThread();
    try (StateFolder state = StateFolder.take(options.state()).orElse(null)) {
      if (state == null) {
        LOG.log(Level.INFO, "A daemon is already running on {0}", options.state());
        return false;
      }
      Membership membership = Membership.of(options, state.credential());
      List<SlotFacts> slots = detectDevices();
      var platform = new PlatformConnection(options.platform(), membership::credential);
      Leases leases = takeOverLeases(state, platform);
      var pressing = inBackground("press", () -> press(leases));
      Hello.Answer periods = sayHello(platform, membership, state, slots, leases);
      var following = inBackground("desire", () -> follow(platform, membership, leases));
      try {
        report(platform, membership, leases, Duration.ofMillis(periods.heartbeatMillis()));
      } finally {
        following.interrupt();
        pressing.interrupt();
        following.join();
        pressing.join();
        leases.leave();
      }
      return true;
    } catch (InterruptedException interrupted) {
      if (ending) return true;
      throw interrupted;
    } finally {
      ended.countDown();
    }
  }

  /** Ends {@link #run} soon, and waits for it. Trainers go on. */
  void end() {
    ending = true;
    reporter.interrupt();
    try {
      ended.await();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private List<SlotFacts> detectDevices() throws IOException, InterruptedException {
    List<SlotFacts> slots =
        switch (options.devices()) {
          case AgentOptions.Offer.Auto() -> Devices.detect(DRIVER_TOOL);
          case AgentOptions.Offer.Shares(int perGpu) -> Devices.shares(DRIVER_TOOL, perGpu);
          case AgentOptions.Offer.Processor(int count) -> Devices.processor(count);
        };
    LOG.log(Level.INFO, "Devices: {0}", slots);
    return slots;
  }

  private Leases takeOverLeases(StateFolder state, PlatformConnection platform) throws IOException {
    var cache = new ContentCache(state.cache(), options.cacheBytes(), PlatformConnection.PIECE);
    return Leases.open(
        state.leases(), new Means(platform, cache, options.trainer(), patience, news::raise));
  }

  private Hello.Answer sayHello(
      PlatformConnection platform,
      Membership membership,
      StateFolder state,
      List<SlotFacts> slots,
      Leases leases)
      throws IOException, InterruptedException {
    var attempts = new Attempts(membership);
    while (true) {
      try {
        var hello =
            new Hello.Request(
                ThisHost.facts(state.path()), slots, leases.running(), state.nextHello());
        Hello.Answer answer = platform.hello(hello);
        LOG.log(Level.INFO, "{0} knows this agent", options.platform());
        return answer;
      } catch (PlatformAway | PlatformRefused unheard) {
        attempts.failed("hello", unheard);
      }
    }
  }

  /** Keeps the leases of this host as the platform desires them. */
  private void follow(PlatformConnection platform, Membership membership, Leases leases)
      throws IOException, InterruptedException {
    var attempts = new Attempts(membership);
    long version = -1; // below every version, so the first answer comes at once
    while (true) {
      try {
        Desired desired = platform.desired(version, LONG_POLL);
        leases.follow(desired);
        version = desired.version();
        attempts.succeeded();
      } catch (PlatformAway | PlatformRefused unheard) {
        version = -1;
        attempts.failed("desired", unheard);
      }
    }
  }

  /** Tells the platform what happens, at least once in every period. */
  private void report(
      PlatformConnection platform, Membership membership, Leases leases, Duration period)
      throws IOException, InterruptedException {
    var attempts = new Attempts(membership);
    while (true) {
      try {
        tell(platform, leases, leases.report());
        attempts.succeeded();
        if (!leases.hasMoreToReport()) news.await(period);
      } catch (PlatformAway | PlatformRefused unheard) {
        attempts.failed("events", unheard);
      }
    }
  }

  private static void tell(PlatformConnection platform, Leases leases, Events.Request report)
      throws InterruptedException, PlatformAway, PlatformRefused {
    Instant asked = HostClock.now();
    try {
      leases.hear(platform.report(report), asked);
    } catch (PlatformRefused refused) {
      if (refused.isUnauthenticated() || report.leases().isEmpty()) throw refused;
      tellOneByOne(platform, leases, report);
    }
  }

  /** One lease's report that the platform refuses to read must not silence the others. */
  private static void tellOneByOne(
      PlatformConnection platform, Leases leases, Events.Request report)
      throws InterruptedException, PlatformAway {
    for (Events.OfLease one : report.leases()) {
      Instant asked = HostClock.now();
      try {
        leases.hear(platform.report(new Events.Request(List.of(one))), asked);
      } catch (PlatformRefused refused) {
        leases.abandon(one.leaseId(), refused);
      }
    }
  }

  private static void press(Leases leases) throws InterruptedException {
    while (true) {
      leases.press();
      Thread.sleep(LOOK_AT_TRAINERS);
    }
  }

  /**
   * What a loop does when a call fails: a new credential if that is it, and a while of patience.
   */
  private static final class Attempts {
    private final Membership membership;
    private final Backoff backoff = Backoff.ofAgent();
    private boolean failing;

    Attempts(Membership membership) {
      this.membership = membership;
    }

    void succeeded() {
      if (failing) LOG.log(Level.INFO, "The platform is back");
      failing = false;
      backoff.reset();
    }

    void failed(String call, Exception why) throws IOException, InterruptedException {
      if (!failing) LOG.log(Level.WARNING, "{0}: {1}", call, why.getMessage());
      failing = true;
      Thread.sleep(backoff.next());
      if (why instanceof PlatformRefused refused && refused.isUnauthenticated()) {
        membership.renew(membership.credential());
      }
    }
  }

  @FunctionalInterface
  private interface Loop {
    void run() throws IOException, InterruptedException;
  }

  /** A loop that ends the whole daemon if it fails: a supervisor's restart takes over cleanly. */
  private Thread inBackground(String name, Loop loop) {
    return Thread.ofPlatform()
        .name(name)
        .start(() -> {
          try {
            loop.run();
          } catch (InterruptedException asked) {
            // The daemon ends.
          } catch (IOException | RuntimeException broken) {
            LOG.log(Level.ERROR, "The loop \"" + name + "\" failed; the daemon ends", broken);
            reporter.interrupt();
          }
        });
  }

  private static void stop(Path state) throws IOException, InterruptedException {
    Optional<ProcessMark> daemon = StateFolder.daemonOf(state).filter(ProcessMark::isAlive);
    if (daemon.isPresent()) {
      Optional<ProcessHandle> process = ProcessHandle.of(daemon.get().pid());
      process.ifPresent(ProcessHandle::destroy);
      Instant end = HostClock.now().plus(LEAVE);
      while (daemon.get().isAlive() && HostClock.now().isBefore(end)) Thread.sleep(50);
      if (daemon.get().isAlive()) process.ifPresent(ProcessHandle::destroyForcibly);
    }
    int trainers = Leases.endTrainers(StateFolder.leasesOf(state), LEAVE);
    System.err.printf(
        "agent: %s; %d trainers ended%n",
        daemon.isPresent() ? "daemon " + daemon.get().pid() + " ended" : "no daemon was running",
        trainers);
  }
}
