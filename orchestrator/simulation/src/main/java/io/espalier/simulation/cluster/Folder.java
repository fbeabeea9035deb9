package io.espalier.simulation.cluster;

import io.espalier.domain.agent.LeaseKey;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The work folder of one run: all that outlives daemon and trainer. */
final class Folder {

  final LeaseKey key;
  final TaskSpec spec;
  final List<TrainerEvent> spool = new ArrayList<>();
  boolean closed;
  boolean stop;
  boolean deleted;
  int read;
  int step;
  Instant deadline = Instant.EPOCH;
  @Nullable TrainerProcess trainer;

  Folder(LeaseKey key, TaskSpec spec) {
    this.key = key;
    this.spec = spec;
  }
}
