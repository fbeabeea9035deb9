package io.espalier.simulation.store;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.unit.GpuTime;

/** What must be fundable before each task of a job is worth its start. */
@FunctionalInterface
public interface Needs {

  GpuTime of(TaskKind kind);

  static Needs of(GpuTime profile, GpuTime train, GpuTime evaluate) {
    return kind ->
        switch (kind) {
          case PROFILE -> profile;
          case TRAIN -> train;
          case EVALUATE -> evaluate;
        };
  }
}
