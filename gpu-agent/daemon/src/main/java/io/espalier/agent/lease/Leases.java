package io.espalier.agent.lease;

import io.espalier.agent.host.HostClock;
import io.espalier.domain.agent.LeaseKey;
import io.espalier.domain.agent.Reconciliation;
import io.espalier.domain.agent.Reconciliation.Step;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello.RunningLease;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All runs on this host. Three threads of the daemon use it: one brings what the platform desires,
 * one brings reports there and verdicts back, one presses trainers that should leave.
 */
public final class Leases {

  private static final System.Logger LOG = System.getLogger(Leases.class.getName());

  private final Path folder;
  private final Means means;

  // Guarded by this.
  private final Map<LeaseKey, LeaseRun> runs = new LinkedHashMap<>();
  private final Set<LeaseKey> over = new HashSet<>();

  private Leases(Path folder, Means means) {
    this.folder = folder;
    this.means = means;
  }

  /** Takes over what a former daemon left in {@code folder}. */
  public static Leases open(Path folder, Means means) throws IOException {
    var leases = new Leases(Files.createDirectories(folder), means);
    for (Map.Entry<LeaseKey, LeaseFolder> found : foldersIn(folder).entrySet()) {
      leases.adopt(found.getKey(), found.getValue());
    }
    return leases;
  }

  private void adopt(LeaseKey key, LeaseFolder work) throws IOException {
    Optional<LeaseRun> run = LeaseRun.adopt(key, work, means);
    if (run.isPresent()) {
      LOG.log(Level.INFO, "{0}: taken over", key);
      runs.put(key, run.get());
    } else {
      work.delete();
    }
  }

  /** The leases that this host holds, for the platform to recognise. */
  public synchronized List<RunningLease> running() {
    return runs.keySet().stream().map(LeaseKey::running).toList();
  }

  /** Does what is needed to hold the leases that the platform desires, and no others. */
  public synchronized void follow(Desired desired) {
    Set<LeaseKey> listed = desired.leases().stream().map(LeaseKey::of).collect(Collectors.toSet());
    for (Step step : Reconciliation.steps(desired, runs.keySet(), over)) {
      switch (step) {
        case Step.Start(Desired.Lease lease) -> start(lease);
        case Step.Tell(LeaseKey key, Desired.Wish wish) ->
            run(key).ifPresent(run -> run.tell(wish));
        case Step.Discard(LeaseKey key) -> run(key).ifPresent(this::discard);
      }
    }
    over.retainAll(listed);
  }

  private void start(Desired.Lease lease) {
    LeaseKey key = LeaseKey.of(lease);
    try {
      var work = new LeaseFolder(folder.resolve(key.toString()));
      work.delete();
      Files.createDirectory(work.path());
      LeaseRun run = LeaseRun.begin(key, work, lease.task(), means);
      runs.put(key, run);
      run.tell(lease.wish());
      LOG.log(Level.INFO, "{0}: begun", key);
      means.newsToReport().run(); // the first heartbeat brings the permission to train
    } catch (IOException noRoom) {
      LOG.log(
          Level.ERROR,
          key + ": no work folder can be made; tried again with the next answer",
          noRoom);
    }
  }

  /** What the platform is to be told now: every lease, news or not. */
  public synchronized Events.Request report() {
    var reports = new ArrayList<Events.OfLease>();
    for (LeaseRun run : List.copyOf(runs.values())) {
      try {
        reports.add(run.report());
      } catch (IOException unreadable) {
        abandon(run, unreadable);
      }
    }
    return new Events.Request(reports);
  }

  public synchronized boolean hasMoreToReport() {
    return runs.values().stream().anyMatch(LeaseRun::hasMoreToReport);
  }

  /**
   * Takes note of what the platform said to a report.
   *
   * @param asked when the report was sent
   */
  public synchronized void hear(Events.Answer answer, Instant asked) {
    for (Events.Verdict verdict : answer.verdicts()) {
      for (LeaseRun run : of(verdict.leaseId())) {
        try {
          if (run.hear(verdict, asked)) discard(run);
        } catch (IOException broken) {
          abandon(run, broken);
        }
      }
    }
  }

  /** Gives up a lease whose reports the platform refuses to read; its deadline passes there. */
  public synchronized void abandon(UUID lease, Exception why) {
    for (LeaseRun run : of(lease)) abandon(run, why);
  }

  /** Presses every trainer that should leave by now. */
  public void press() throws InterruptedException {
    List<LeaseRun> current;
    synchronized (this) {
      current = List.copyOf(runs.values());
    }
    for (LeaseRun run : current) {
      try {
        run.press(HostClock.now());
      } catch (IOException failed) {
        LOG.log(
            Level.WARNING, run.key() + ": the trainer could not be pressed; tried again", failed);
      }
    }
  }

  /** Lets go of all runs; trainers go on, and their folders wait for the next daemon. */
  public synchronized void leave() throws IOException, InterruptedException {
    for (LeaseRun run : runs.values()) run.leave();
    runs.clear();
  }

  /**
   * Ends every trainer that a daemon left running in {@code folder}: TERM, and KILL after {@code
   * grace}.
   *
   * @return how many there were
   */
  public static int endTrainers(Path folder, Duration grace)
      throws IOException, InterruptedException {
    var trainers = new ArrayList<Trainer>();
    for (LeaseFolder work : foldersIn(folder).values()) {
      Trainer.in(work).filter(Trainer::isAlive).ifPresent(trainers::add);
    }
    for (Trainer trainer : trainers) trainer.terminate();
    Instant end = HostClock.now().plus(grace);
    while (HostClock.now().isBefore(end) && trainers.stream().anyMatch(Trainer::isAlive)) {
      Thread.sleep(50);
    }
    for (Trainer trainer : trainers) trainer.killAndWait();
    return trainers.size();
  }

  private static Map<LeaseKey, LeaseFolder> foldersIn(Path folder) throws IOException {
    var found = new LinkedHashMap<LeaseKey, LeaseFolder>();
    if (Files.notExists(folder)) return found;
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.sorted().toList()) {
        LeaseKey.parse(entry.getFileName().toString())
            .ifPresent(key -> found.put(key, new LeaseFolder(entry)));
      }
    }
    return found;
  }

  private Optional<LeaseRun> run(LeaseKey key) {
    return Optional.ofNullable(runs.get(key));
  }

  private List<LeaseRun> of(UUID lease) {
    return runs.values().stream().filter(run -> run.key().lease().equals(lease)).toList();
  }

  private void abandon(LeaseRun run, Exception why) {
    LOG.log(Level.ERROR, run.key() + ": given up", why);
    discard(run);
  }

  private void discard(LeaseRun run) {
    runs.remove(run.key());
    over.add(run.key());
    Thread.ofPlatform()
        .name("discard " + run.key())
        .start(() -> {
          try {
            run.discard();
            LOG.log(Level.INFO, "{0}: cleared", run.key());
          } catch (IOException failed) {
            LOG.log(
                Level.ERROR,
                run.key() + ": cannot be cleared; tried again at the next start",
                failed);
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
