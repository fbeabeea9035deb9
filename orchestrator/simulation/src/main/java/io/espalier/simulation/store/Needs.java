package io.espalier.simulation.store;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.unit.GpuTime;

/** What must be fundable before each task of a job is worth its start. */
public record Needs(GpuTime profile, GpuTime train, GpuTime evaluate) {

  GpuTime of(TaskKind kind) {
    return switch (kind) {
      case PROFILE -> profile;
      case TRAIN -> train;
      case EVALUATE -> evaluate;
    };
  }
}
