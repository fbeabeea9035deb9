package io.espalier.agent.lease;

import io.espalier.agent.cache.CorruptContent;
import io.espalier.agent.host.HostClock;
import io.espalier.agent.lease.Spool.Bookmark;
import io.espalier.agent.platform.Backoff;
import io.espalier.agent.platform.PlatformAway;
import io.espalier.agent.platform.PlatformRefused;
import io.espalier.agent.platform.WireFormat;
import io.espalier.domain.agent.Course;
import io.espalier.domain.agent.LeaseKey;
import io.espalier.domain.agent.Pressure;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One run of a task on this host: inputs, trainer, reports. A thread of its own carries it from the
 * first to the last, and may wait for the platform as long as it takes; the threads that report,
 * reconcile and press trainers to leave never wait for it.
 */
final class LeaseRun {

  private static final System.Logger LOG = System.getLogger(LeaseRun.class.getName());

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int FETCHES = 3;
  private static final int MOST_EVENTS = 500;
  private static final long MOST_BYTES = 1 << 20;

  private final LeaseKey key;
  private final LeaseFolder folder;
  private final Spool spool;
  private final Means means;
  private final Thread thread;

  private volatile boolean left;
  private volatile @Nullable Exception broken;
  private volatile @Nullable Trainer trainer;
  private volatile Optional<Instant> saidLastWordAt = Optional.empty();

  // Guarded by this.
  private boolean preparing;
  private Course course;
  private Pressure pressed = Pressure.NONE;

  private LeaseRun(LeaseKey key, LeaseFolder folder, Means means, @Nullable TaskSpec task)
      throws IOException {
    this.key = key;
    this.folder = folder;
    this.means = means;
    this.preparing = task != null;
    this.course = Course.found(folder.allowedUntil().orElse(Instant.EPOCH));
    this.trainer = Trainer.in(folder).orElse(null);
    this.spool = Spool.open(folder.spool());
    this.thread = Thread.ofVirtual().name("lease " + key).unstarted(() -> live(task));
  }

  /** A run that begins: its folder is new and empty. */
  static LeaseRun begin(LeaseKey key, LeaseFolder folder, TaskSpec task, Means means)
      throws IOException {
    var run = new LeaseRun(key, folder, means, task);
    run.thread.start();
    return run;
  }

  /**
   * A run that a former daemon began, if it came so far that there is something to go on with: a
   * trainer, dead or alive, or a last word. Else the run is begun again.
   */
  static Optional<LeaseRun> adopt(LeaseKey key, LeaseFolder folder, Means means)
      throws IOException {
    var run = new LeaseRun(key, folder, means, null);
    if (run.trainer == null && !run.spool.isClosed()) {
      run.spool.close();
      return Optional.empty();
    }
    run.thread.start();
    return Optional.of(run);
  }

  LeaseKey key() {
    return key;
  }

  // ── What the run does ─────────────────────────────────────────────────────────────────────────

  private void live(@Nullable TaskSpec task) {
    try {
      if (task != null) start(task);
      if (!spool.isClosed()) follow();
    } catch (InterruptedException discardedOrLeft) {
      // Whoever interrupted goes on from here: by deleting the folder, or with the next daemon.
    } catch (IOException | RuntimeException broken) {
      if (left) return;
      this.broken = broken;
      means.newsToReport().run();
    }
  }

  /** Prepares and starts; if that cannot be, the last word says why. */
  private void start(TaskSpec task) throws IOException, InterruptedException {
    try {
      Files.write(folder.spec(), WireFormat.JSON.writeValueAsBytes(task));
      fetchInputs(task);
      awaitPermission();
      beginTraining(task);
    } catch (InterruptedException unwished) {
      if (left) throw unwished;
      close(new TrainerEvent.Yielded(HostClock.now(), 0));
    } catch (PlatformRefused | IOException impossible) {
      // An interrupt during file access arrives as an exception of its own and leaves its mark.
      boolean unwished = Thread.interrupted();
      if (left) throw new InterruptedException();
      LOG.log(Level.WARNING, "{0}: cannot start: {1}", key, impossible.toString());
      close(unwished ? new TrainerEvent.Yielded(HostClock.now(), 0) : notStarted(impossible));
    }
  }

  private void fetchInputs(TaskSpec task)
      throws IOException, InterruptedException, PlatformRefused {
    var backoff = Backoff.ofAgent();
    for (NamedBlob input : task.inputs()) {
      for (int fetches = 1; ; ) {
        try {
          means
              .cache()
              .provide(
                  input.blob(),
                  (sha256, first, last) -> means.platform().piece(key.lease(), sha256, first, last),
                  folder.input(input.name()));
          break;
        } catch (CorruptContent corrupt) {
          LOG.log(Level.WARNING, "{0}: {1}", key, corrupt.getMessage());
          if (fetches++ == FETCHES) throw new UnreadableInput(input, corrupt);
        } catch (PlatformRefused refused) {
          if (!refused.isMissing()) throw refused;
          LOG.log(Level.WARNING, "{0}: {1}", key, refused.getMessage());
          if (fetches++ == FETCHES) throw new UnreadableInput(input, refused);
        } catch (PlatformAway away) {
          LOG.log(Level.DEBUG, "{0}: {1}", key, away.getMessage());
        }
        Thread.sleep(backoff.next());
      }
      backoff.reset();
    }
  }

  private synchronized void awaitPermission() throws InterruptedException {
    while (!course.mayRun(HostClock.now())) wait();
  }

  private void beginTraining(TaskSpec task) throws IOException, InterruptedException {
    synchronized (this) {
      if (course.wish() != Wish.RUN) throw new InterruptedException();
      preparing = false;
    }
    Trainer started = Trainer.start(means.trainer(), folder, task);
    trainer = started;
    LOG.log(Level.INFO, "{0}: started {1}", key, started);
  }

  /** Copies what the trainer says into the spool until it is gone and all is copied. */
  private void follow() throws IOException, InterruptedException {
    Trainer followed = trainer;
    if (followed == null) throw new IllegalStateException(key + " has no trainer to follow");
    var outbox = new Outbox(key.lease(), folder, means.platform());
    TrainerEvent lastWord = null;
    while (true) {
      boolean alive = followed.isAlive(); // asked first: what a dead trainer wrote is complete
      boolean moved = copyLog(alive ? Line.Tail.LEAVE : Line.Tail.TAKE);
      if (lastWord == null) {
        Bookmark before = spool.bookmark();
        lastWord = copyEvents(outbox);
        moved |= lastWord != null || !before.equals(spool.bookmark());
        if (lastWord != null) saidLastWordAt = Optional.of(HostClock.now());
      }
      publish();
      if (moved) continue;
      if (!alive) break;
      Thread.sleep(LOOK);
    }
    followed.kill(); // descendants that outlived it
    // Only now, with the process gone: this word frees the devices for somebody else.
    close(lastWord != null ? lastWord : lastWordFor(followed));
  }

  /** Returns the last event of the run once it is reached; what follows it counts no more. */
  private @Nullable TrainerEvent copyEvents(Outbox outbox)
      throws IOException, InterruptedException {
    Bookmark read = spool.bookmark();
    for (Line line : outbox.linesAfter(read.events())) {
      TrainerEvent said = outbox.parse(line);
      if (!said.files().isEmpty())
        publish(); // uploads may take long; what came before need not wait
      TrainerEvent event = outbox.send(said);
      if (event.isLast()) return event;
      read = read.events(line.end());
      if (event instanceof TrainerEvent.Checkpoint checkpoint) {
        read = read.checkpoint(checkpoint.step());
      }
      spool.append(event, read);
    }
    return null;
  }

  private boolean copyLog(Line.Tail tail) throws IOException {
    Bookmark read = spool.bookmark();
    if (read.logLines() > TrainerLog.MOST_LINES) return false;
    List<Line> lines = TrainerLog.after(folder.log(), read.log(), tail);
    for (Line line : lines) {
      read = read.logLine(line.end());
      if (read.logLines() > TrainerLog.MOST_LINES) {
        spool.append(
            new TrainerEvent.Log(
                HostClock.now(),
                "WARN",
                "The trainer printed more than %d lines; the rest is left out."
                    .formatted(TrainerLog.MOST_LINES)),
            read);
        break;
      }
      spool.append(TrainerLog.event(HostClock.now(), line), read);
    }
    return !lines.isEmpty();
  }

  private void close(TrainerEvent lastWord) throws IOException {
    spool.append(lastWord, spool.bookmark());
    publish();
  }

  private void publish() throws IOException {
    if (spool.force()) means.newsToReport().run();
  }

  /** What is said for a trainer that left without a word. */
  private TrainerEvent lastWordFor(Trainer dead) throws IOException, InterruptedException {
    OptionalInt exit = dead.exitCode();
    if (didAsItWasTold(exit)) {
      return new TrainerEvent.Yielded(HostClock.now(), spool.bookmark().step());
    }
    var problem =
        Problem.of(
            "trainer-died",
            Category.INTERNAL,
            "trainer",
            "The trainer's process ended without a last word"
                + (exit.isPresent() ? ", with exit code " + exit.getAsInt() + "." : "."),
            "The job goes on from its last checkpoint. If it happens again, the log tells more.");
    String printed = TrainerLog.lastWords(folder.log());
    return failed(printed.isEmpty() ? problem : problem.found(printed));
  }

  private synchronized boolean didAsItWasTold(OptionalInt exit) {
    return course.didAsItWasTold(exit, pressed, HostClock.now());
  }

  /** Lost, not failed: on another host, or a moment later, the same task may well succeed. */
  private static TrainerEvent failed(Problem problem) {
    return new TrainerEvent.Failed(HostClock.now(), FailureReason.LOST, problem);
  }

  private static TrainerEvent notStarted(Exception cause) {
    if (cause instanceof UnreadableInput unreadable) return unreadable.event(HostClock.now());
    return failed(
        Problem.of(
            "trainer-not-started",
            Category.INTERNAL,
            "trainer",
            "The inputs or the trainer could not be made ready on the host: " + cause.getMessage(),
            "The task is tried again; if it happens again, look at the agent's log and disk."));
  }

  // ── What others ask of it ─────────────────────────────────────────────────────────────────────

  /** The platform's wish. */
  synchronized void tell(Wish told) {
    Course before = course;
    course = before.told(told, HostClock.now());
    if (course.equals(before)) return;
    LOG.log(Level.INFO, "{0}: the platform wishes {1}", key, told);
    if (preparing) thread.interrupt();
  }

  /**
   * What the platform is to be told next; nothing new is a heartbeat.
   *
   * @throws IOException if the work folder cannot be used any more; such a run has no heartbeat
   */
  synchronized Events.OfLease report() throws IOException {
    Exception cause = broken;
    if (cause != null) throw new IOException("the work folder cannot be used any more", cause);
    // Only the platform knows what it has stored: the first report asks, and tells nothing.
    List<TrainerEvent> events =
        course.heard() ? spool.events(confirmed(), MOST_EVENTS, MOST_BYTES) : List.of();
    return new Events.OfLease(key.lease(), key.epoch(), course.confirmed(), events);
  }

  synchronized boolean hasMoreToReport() {
    return course.heard() && confirmed() < spool.size();
  }

  /** The spool holds no more events than an int can number, and the platform knows no others. */
  private int confirmed() {
    return Math.toIntExact(course.confirmed());
  }

  /**
   * Takes note of the platform's answer.
   *
   * @param asked when the report was sent
   * @return whether the run is over and its folder can go
   */
  synchronized boolean hear(Events.Verdict verdict, Instant asked) throws IOException {
    return switch (verdict.outcome()) {
      case ENDED, STALE_EPOCH -> {
        LOG.log(Level.INFO, "{0}: {1}", key, verdict.outcome());
        yield true;
      }
      case ACCEPTED -> {
        if (verdict.nextSequence() > spool.size()) {
          throw new IOException(
              "the platform has %d events, the spool only %d"
                  .formatted(verdict.nextSequence(), spool.size()));
        }
        course = course.accepted(verdict, asked);
        folder.allowUntil(course.allowedUntil());
        notifyAll();
        yield spool.isToldUpTo(confirmed());
      }
    };
  }

  /** Presses the trainer to leave as hard as the moment demands. */
  synchronized void press(Instant time) throws IOException, InterruptedException {
    Trainer pressedOne = trainer;
    if (left || pressedOne == null) return;
    Pressure demanded =
        Pressure.of(
            new Pressure.Situation(
                course.wish(), course.wishedAt(), course.allowedUntil(), saidLastWordAt),
            means.patience(),
            time);
    if (demanded.compareTo(pressed) <= 0 || !pressedOne.isAlive()) return;
    LOG.log(Level.INFO, "{0}: {1} for {2}", key, demanded, pressedOne);
    pressed = demanded;
    switch (demanded) {
      case NONE -> {}
      case ASK -> folder.askToStop();
      case TERMINATE -> pressedOne.terminate();
      case KILL -> pressedOne.kill();
    }
  }

  /** Leaves everything as it is, a living trainer included, for the next daemon. */
  void leave() throws IOException, InterruptedException {
    left = true;
    thread.interrupt();
    thread.join();
    spool.close();
  }

  /** Kills what runs and deletes the folder. */
  void discard() throws IOException, InterruptedException {
    leave();
    Optional<Trainer> remaining = Trainer.in(folder);
    if (remaining.isPresent()) remaining.get().killAndWait();
    folder.delete();
  }
}
