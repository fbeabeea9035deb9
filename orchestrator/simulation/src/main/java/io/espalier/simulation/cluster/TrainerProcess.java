package io.espalier.simulation.cluster;

import io.espalier.domain.agent.Course;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Estimate;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.simulation.store.Specs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A trainer: steps, checkpoints, a last word, and a guard that ends it after its deadline. */
final class TrainerProcess {

  /** Between the deadline and the hard end, as in the trainer's own code. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  private static final long LOOK = 500;
  private static final long START = 2_000;
  static final int KILLED = 137;
  private static final int TERMINATED = 143;

  private static final DataProfile PROFILE =
      new DataProfile(
          List.of("a", "b"),
          List.of(10, 10),
          20,
          10,
          10,
          0,
          0,
          0.5,
          new Estimate(0.5, 0.1),
          new Estimate(0.5, 0.1),
          0.5,
          10,
          64,
          0.001,
          Map.of(),
          1,
          List.of());

  private final World world;
  private final Host host;
  private final Folder folder;
  private final TaskKind kind;
  private final Script script;
  final List<TrainerEvent> file = new ArrayList<>();
  private int step;
  private int exit = -1;

  TrainerProcess(World world, Host host, Folder folder, TaskKind kind, Script script) {
    this.world = world;
    this.host = host;
    this.folder = folder;
    this.kind = kind;
    this.script = script;
  }

  void start() {
    world.trainerStarts(folder.key, folder.spec.taskId(), this);
    world.trace().note(Happening.TRAINER_STARTED, host.number(), folder.key.epoch());
    step = Specs.fromStep(folder.spec);
    if (step > 0) world.trace().note(Happening.WENT_ON, host.number(), step);
    for (var input : folder.spec.inputs()) world.load(input.blob().sha256());
    guard();
    later(
        START,
        () -> {
          say(new TrainerEvent.Started(host.clock().now(), "simulated", step));
          boundary();
        });
  }

  boolean isAlive() {
    return exit < 0;
  }

  int exitCode() {
    return exit;
  }

  void terminate() {
    later(100, () -> exit(TERMINATED));
  }

  void kill() {
    exit(KILLED);
  }

  private void later(long delay, Runnable what) {
    world
        .agenda()
        .in(
            delay,
            () -> {
              if (isAlive()) what.run();
            });
  }

  /** Between two steps: whether to go on is asked here and nowhere else. */
  private void boundary() {
    var failure = script.failure();
    if (folder.stop || host.clock().now().isAfter(folder.deadline)) {
      leave();
    } else if (failure != null
        && kind == TaskKind.TRAIN
        && script.fails(step, folder.key.epoch(), Specs.atOnce(folder.spec))) {
      fail(failure);
    } else if (step >= script.steps(kind)) {
      finish();
    } else {
      later(script.stepMillis(), this::stepped);
    }
  }

  private void stepped() {
    step++;
    say(new TrainerEvent.Progress(host.clock().now(), "training", step, script.steps(kind)));
    if (kind == TaskKind.TRAIN && step % script.saveEvery() == 0 && step < script.trainSteps()) {
      later(
          script.saveMillis(),
          () -> {
            save();
            boundary();
          });
    } else {
      boundary();
    }
  }

  private void save() {
    world.trace().note(Happening.CHECKPOINT, host.number(), step);
    say(
        new TrainerEvent.Checkpoint(
            host.clock().now(), step, List.of(content("checkpoint " + step))));
  }

  private void leave() {
    if (kind != TaskKind.TRAIN) {
      lastWord(new TrainerEvent.Yielded(host.clock().now(), 0));
      return;
    }
    later(
        script.saveMillis(),
        () -> {
          save();
          lastWord(new TrainerEvent.Yielded(host.clock().now(), step));
        });
  }

  private void finish() {
    var now = host.clock().now();
    lastWord(
        switch (kind) {
          case PROFILE -> new TrainerEvent.Profiled(now, PROFILE);
          case TRAIN -> new TrainerEvent.Trained(now, step, step, 0.9, List.of(content("weights")));
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
                  List.of(new TrainerEvent.Export("MERGED_MODEL", List.of(content("model")))));
        });
  }

  private void fail(FailureReason reason) {
    lastWord(
        new TrainerEvent.Failed(
            host.clock().now(),
            reason,
            Problem.of(
                "simulated", Category.INVALID, "trainer", "It failed.", "Try another way.")));
  }

  private void lastWord(TrainerEvent event) {
    say(event);
    later(50, () -> exit(0));
  }

  private NamedBlob content(String name) {
    var sha256 = name + " of " + folder.key;
    return new NamedBlob(name, new Blob(sha256, step));
  }

  private void say(TrainerEvent event) {
    if (host.isDiskFull()) {
      exit(13);
      return;
    }
    file.add(event);
    host.trainerSpoke(folder);
  }

  /** The dead man's switch: it needs neither the daemon nor the network. */
  private void guard() {
    Instant end = folder.deadline.plus(GRACE);
    if (host.clock().now().isAfter(end)) {
      exit(Course.HALTED_AT_DEADLINE);
      return;
    }
    later(host.clock().until(end) + LOOK, this::guard);
  }

  private void exit(int code) {
    if (!isAlive()) return;
    exit = code;
    world.trainerEnds(folder.spec.taskId(), this);
    world.trace().note(Happening.TRAINER_ENDED, host.number(), code);
    host.trainerSpoke(folder);
  }
}
