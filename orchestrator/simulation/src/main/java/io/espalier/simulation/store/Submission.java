package io.espalier.simulation.store;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.Shape;
import io.espalier.domain.unit.GpuTime;
import java.util.UUID;

/**
 * A job as somebody asks for it.
 *
 * @param cap in money too, where the job has a limit of its own in it
 * @param batch samples of an optimizer step
 * @param needs what must be fundable before each of its tasks is worth a start
 * @param minimum below which it could not finish
 * @param key the same key makes the same job
 */
public record Submission(
    UUID team,
    UUID owner,
    Amount cap,
    int batch,
    Shape shape,
    PriorityClass priority,
    Needs needs,
    GpuTime minimum,
    String key) {

  /** What must be fundable before it is accepted. */
  GpuTime needed() {
    return need(TaskKind.PROFILE).isMoreThan(minimum) ? need(TaskKind.PROFILE) : minimum;
  }

  GpuTime need(TaskKind kind) {
    return needs.of(kind);
  }
}
