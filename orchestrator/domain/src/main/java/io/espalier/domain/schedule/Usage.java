package io.espalier.domain.schedule;

import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** What members have used of late, with what this cycle has granted them. */
final class Usage {

  private record Member(UUID team, UUID owner) {}

  private final Map<Member, Double> granted = new HashMap<>();

  double of(Waiting task) {
    return task.usage() + granted.getOrDefault(member(task), 0.0);
  }

  void add(Waiting task, GpuTime hold) {
    granted.merge(member(task), (double) hold.millis(), Double::sum);
  }

  private static Member member(Waiting task) {
    return new Member(task.team(), task.owner());
  }
}
