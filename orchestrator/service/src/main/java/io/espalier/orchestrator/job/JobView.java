package io.espalier.orchestrator.job;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Decision;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.domain.wire.TrainerEvent;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as its team sees it.
 *
 * @param version rises with every change of its state
 * @param inWords a sentence on its state: why it rests and what ends that, or why it failed
 */
public record JobView(
    UUID id,
    UUID team,
    String name,
    String owner,
    Named baseModel,
    Named dataset,
    int datasetVersion,
    UUID datasetVersionId,
    @Nullable Protocol requestedProtocol,
    long seed,
    Scheduling scheduling,
    long version,
    JobState state,
    @Nullable PauseReason pauseReason,
    @Nullable FailureReason failureReason,
    @Nullable Problem problem,
    String inWords,
    @Nullable Running running,
    @Nullable WhyWaiting whyWaiting,
    @Nullable DataProfile profile,
    @Nullable Decision decision,
    @Nullable Training training,
    TrainerEvent.@Nullable Evaluated result,
    GpuTime cap,
    GpuTime held,
    GpuTime spent,
    Money moneySpent,
    Instant submittedAt,
    @Nullable Instant finishedAt) {

  public record Named(UUID id, String name) {}

  /**
   * The task under way.
   *
   * @param leased whether it holds a slot; it waits for one otherwise
   * @param agent where it runs
   * @param losses how often in a row its trainer was lost
   * @param progress the trainer's last word on it
   */
  public record Running(
      TaskKind task,
      boolean leased,
      @Nullable String agent,
      int losses,
      TrainerEvent.@Nullable Progress progress) {}

  /** Why the task under way has no slot. */
  public record WhyWaiting(WaitingReason reason, String sentence) {}
}
