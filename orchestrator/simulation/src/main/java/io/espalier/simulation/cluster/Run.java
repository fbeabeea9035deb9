package io.espalier.simulation.cluster;

import io.espalier.domain.agent.Course;
import io.espalier.domain.agent.LeaseKey;
import io.espalier.domain.agent.Pressure;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.TrainerEvent;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run of a task as the daemon has it in memory: inputs, trainer, reports. */
final class Run {

  private static final long LOOK = 100;
  private static final long UPLOAD = 60_000;
  private static final int MOST_EVENTS = 500;

  private static final Problem DIED =
      Problem.of(
          "trainer-died",
          Category.INTERNAL,
          "trainer",
          "The trainer's process ended without a last word.",
          "The job goes on from its last checkpoint.");

  private final World world;
  private final Host host;
  private final Daemon daemon;
  private final Folder folder;
  private final Daemon.Backoff uploads;
  private final boolean adopted;
  private final Set<String> sent = new HashSet<>();
  private Course course;
  private Pressure pressed = Pressure.NONE;
  private Optional<Instant> saidLastWordAt = Optional.empty();
  private boolean ready;
  private boolean looking;
  private boolean sending;
  private boolean broken;
  private @Nullable TrainerEvent lastWord;

  private Run(World world, Host host, Daemon daemon, Folder folder, boolean adopted) {
    this.world = world;
    this.host = host;
    this.daemon = daemon;
    this.folder = folder;
    this.uploads = new Daemon.Backoff(host.chance());
    this.adopted = adopted;
    this.course = Course.found(folder.deadline);
  }

  static Run begun(World world, Host host, Daemon daemon, Folder folder) {
    return new Run(world, host, daemon, folder, false);
  }

  static Run adopted(World world, Host host, Daemon daemon, Folder folder) {
    return new Run(world, host, daemon, folder, true);
  }

  LeaseKey key() {
    return folder.key;
  }

  boolean isBroken() {
    return broken;
  }

  private boolean isOver() {
    return folder.deleted || !host.isRunning(daemon) || broken;
  }

  // ── Before there is a trainer ─────────────────────────────────────────────────────────────────

  void prepare() {
    daemon.later(
        host.chance().between(100, 5_000),
        () -> {
          ready = true;
          startIfAllowed();
        });
  }

  private void startIfAllowed() {
    if (isOver() || !ready || folder.trainer != null || folder.closed) return;
    if (course.wish() != Wish.RUN) {
      close(new TrainerEvent.Yielded(host.clock().now(), 0));
      return;
    }
    if (!course.mayRun(host.clock().now())) return;
    var trainer = world.trainer(host, folder);
    folder.trainer = trainer;
    trainer.start();
  }

  // ── While there is one ────────────────────────────────────────────────────────────────────────

  void trainerSpoke() {
    if (looking) return;
    looking = true;
    daemon.later(LOOK, this::noticed);
  }

  /** Copies what the trainer has said; once it is gone and all is copied, says the last word. */
  void noticed() {
    looking = false;
    var trainer = folder.trainer;
    if (trainer == null || isOver() || sending || folder.closed) return;
    boolean alive = trainer.isAlive();
    while (lastWord == null && folder.read < trainer.file.size()) {
      var said = trainer.file.get(folder.read);
      if (!said.files().isEmpty() && !sent.contains(content(said))) {
        send(said);
        return;
      }
      if (!take(said)) return;
    }
    publish();
    if (alive) return;
    close(lastWord == null ? lastWordFor(trainer) : lastWord);
  }

  /** A last word is kept back until the process is gone: it frees the devices for others. */
  private boolean take(TrainerEvent event) {
    if (event.isLast()) {
      lastWord = event;
      saidLastWordAt = Optional.of(host.clock().now());
      return true;
    }
    if (!append(event)) return false;
    folder.read++;
    if (event instanceof TrainerEvent.Checkpoint checkpoint) folder.step = checkpoint.step();
    return true;
  }

  private void send(TrainerEvent event) {
    sending = true;
    var content = content(event);
    daemon.<Boolean>call(
        UPLOAD,
        (node, reply) -> node.storeContent(host.agent(), key().lease(), content, reply),
        stored -> {
          sending = false;
          uploads.reset();
          if (isOver()) return;
          if (stored) sent.add(content);
          else take(leftOut(event));
          noticed();
        },
        () -> {
          if (isOver()) return;
          daemon.later(
              uploads.next(),
              () -> {
                sending = false;
                noticed();
              });
        });
  }

  private static String content(TrainerEvent event) {
    return event.files().getFirst().blob().sha256();
  }

  private TrainerEvent leftOut(TrainerEvent event) {
    var now = host.clock().now();
    return event.isLast()
        ? new TrainerEvent.Failed(now, FailureReason.PLATFORM, DIED)
        : new TrainerEvent.Log(now, "WARN", "Left out");
  }

  private TrainerEvent lastWordFor(TrainerProcess dead) {
    // Only the daemon that started a process learns its exit code.
    var exit = adopted ? OptionalInt.empty() : OptionalInt.of(dead.exitCode());
    var now = host.clock().now();
    return course.didAsItWasTold(exit, pressed, now)
        ? new TrainerEvent.Yielded(now, folder.step)
        : new TrainerEvent.Failed(now, FailureReason.LOST, DIED);
  }

  private void close(TrainerEvent lastWord) {
    if (folder.closed || !append(lastWord)) return;
    folder.closed = true;
    publish();
  }

  private boolean append(TrainerEvent event) {
    if (host.isDiskFull()) {
      broken = true;
      daemon.newsToReport();
      return false;
    }
    folder.spool.add(event);
    world.spooled(folder.key, event);
    return true;
  }

  private void publish() {
    if (folder.spool.size() > course.confirmed()) daemon.newsToReport();
  }

  // ── Between daemon and platform ───────────────────────────────────────────────────────────────

  void tell(Wish told) {
    var before = course;
    course = before.told(told, host.clock().now());
    if (course.equals(before)) return;
    world.trace().note(Happening.TOLD_TO_YIELD, host.number(), told == Wish.STOP ? 1 : 0);
    startIfAllowed();
  }

  Events.OfLease report() {
    int from = Math.toIntExact(course.confirmed());
    int to = Math.min(folder.spool.size(), from + MOST_EVENTS);
    List<TrainerEvent> events =
        course.heard() ? List.copyOf(folder.spool.subList(from, to)) : List.of();
    return new Events.OfLease(key().lease(), key().epoch(), from, events);
  }

  boolean hasMoreToReport() {
    return course.heard() && course.confirmed() < folder.spool.size();
  }

  /** Whether the run is over. */
  boolean hear(Events.Verdict verdict, Instant asked) {
    return switch (verdict.outcome()) {
      case ENDED, STALE_EPOCH -> true;
      case ACCEPTED -> {
        if (verdict.nextSequence() > folder.spool.size()) {
          throw new IllegalStateException("The platform knows more than was said");
        }
        course = course.accepted(verdict, asked);
        folder.deadline = course.allowedUntil();
        startIfAllowed();
        yield folder.closed && course.confirmed() == folder.spool.size();
      }
    };
  }

  void press(Instant now) {
    var trainer = folder.trainer;
    if (trainer == null || !trainer.isAlive()) return;
    var demanded =
        Pressure.of(
            new Pressure.Situation(
                course.wish(), course.wishedAt(), course.allowedUntil(), saidLastWordAt),
            world.settings().patience(),
            now);
    if (demanded.compareTo(pressed) <= 0) return;
    pressed = demanded;
    switch (demanded) {
      case NONE -> {}
      case ASK -> folder.stop = true;
      case TERMINATE -> trainer.terminate();
      case KILL -> trainer.kill();
    }
  }
}
