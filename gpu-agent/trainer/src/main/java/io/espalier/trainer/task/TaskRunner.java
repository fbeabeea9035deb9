package io.espalier.trainer.task;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.trainer.engine.EngineFailure;
import io.espalier.trainer.engine.EngineStart;
import io.espalier.trainer.engine.ProcessEnd;
import io.espalier.trainer.loop.Replicas;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Runs one task and makes sure that a last event is written, whatever happens. */
final class TaskRunner {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final WorkFolder folder;
  private final Clock clock;
  private final Replicas replicas;

  TaskRunner(Path workFolder, Clock clock) {
    this(workFolder, clock, Replicas.ALONE);
  }

  /** {@code replicas}: with whom a training shares its batches. */
  TaskRunner(Path workFolder, Clock clock, Replicas replicas) {
    this.replicas = replicas;
    this.folder = new WorkFolder(workFolder.toAbsolutePath().normalize());
    this.clock = clock;
  }

  /** Runs the task that {@code specFile} describes. */
  ExitCode run(Path specFile) throws IOException {
    Lease lease = new Lease(folder.deadline(), folder.stop(), clock);
    try (var _ = lease.guard(() -> ProcessEnd.atOnce(ExitCode.LEASE_LOST.code()));
        EventFile events = new EventFile(folder.events(), clock)) {
      return run(specFile, events, lease);
    }
  }

  private ExitCode run(Path specFile, EventFile events, Lease lease) {
    try (Arena arena = Arena.ofShared()) {
      TaskSpec spec = JSON.readValue(Files.readAllBytes(specFile), TaskSpec.class);
      String engine = EngineStart.withThreads(spec.threads());
      EngineStart.require(spec.device());
      TaskContext context = new TaskContext(spec, folder, events, lease);
      TrainerEvent last =
          switch (spec.work()) {
            case TaskSpec.Profile profile -> {
              events.append(new TrainerEvent.Started(events.now(), engine, 0));
              yield new ProfileTask(context, profile).run(arena);
            }
            case TaskSpec.Train train -> new TrainTask(context, train, engine, replicas).run(arena);
            case TaskSpec.Evaluate evaluate -> {
              events.append(new TrainerEvent.Started(events.now(), engine, 0));
              yield new EvaluateTask(context, evaluate).run(arena);
            }
          };
      events.append(last);
      return last instanceof TrainerEvent.Failed failed
          ? ExitCode.of(failed.reason())
          : ExitCode.SAID_LAST_WORD;
    } catch (Stopped stopped) {
      events.append(new TrainerEvent.Yielded(events.now(), 0));
      return ExitCode.SAID_LAST_WORD;
    } catch (Refused refused) {
      return fail(events, reason(refused.problem()), refused.problem());
    } catch (OutOfMemoryError e) {
      return fail(events, FailureReason.OUT_OF_MEMORY, outOfMemory(e));
    } catch (IOException | JacksonException | IllegalStateException | IllegalArgumentException e) {
      return fail(events, FailureReason.PLATFORM, fault(e));
    }
  }

  private static ExitCode fail(EventFile events, FailureReason reason, Problem problem) {
    events.append(new TrainerEvent.Failed(events.now(), reason, problem));
    return ExitCode.of(reason);
  }

  private static FailureReason reason(Problem problem) {
    if (problem.code().equals(EngineFailure.DEVICE_FAILED)) return FailureReason.HARDWARE;
    return switch (problem.category()) {
      case INVALID, NOT_FOUND, CONFLICT, FORBIDDEN, UNAUTHENTICATED -> FailureReason.USER_ERROR;
      case RESOURCES -> FailureReason.OUT_OF_MEMORY;
      case DIVERGED -> FailureReason.DIVERGED;
      case NO_SPACE, UNAVAILABLE, INTERNAL -> FailureReason.PLATFORM;
    };
  }

  private static Problem outOfMemory(Throwable e) {
    return Problem.of(
        "out-of-memory",
        Category.RESOURCES,
        "memory",
        "The task needs more memory than the slot has: " + e.getMessage() + ".",
        "Choose a smaller batch, LoRA or a linear probe, or a larger slot.");
  }

  private static Problem fault(Throwable e) {
    return Problem.of(
        "trainer-fault",
        Category.INTERNAL,
        "trainer",
        "The trainer failed: " + e + ".",
        "Try again; if it happens again, an admin should look at the trainer's log.");
  }
}
