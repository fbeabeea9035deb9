package io.espalier.chaos;

import io.espalier.house.Node;
import io.espalier.house.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Brings faults about, one after the other, each drawn from the run's seed and its number alone, so
 * that a run can be taken up again at any of them. All but the ends of processes heal by themselves.
 */
final class Nemesis {

  private static final Duration PAST_THE_FENCE = Duration.ofSeconds(Field.FENCE_SECONDS + 3);

  private final Field field;
  private final History history;
  private final long seed;

  Nemesis(Field field, History history, long seed) {
    this.field = field;
    this.history = history;
    this.seed = seed;
  }

  /** Brings about fault {@code number} and lets it heal. */
  void strike(int number) throws Exception {
    var random = new Random(seed * 1_000_003 + number);
    Fault fault = draw(random);
    int which = random.nextInt(1_000);
    GpuHost host = field.hosts.get(which % field.hosts.size());
    int node = which % field.nodes.size();
    var moment = Duration.ofMillis(500 + random.nextInt(3000));
    System.out.printf("%4d  %s%n", number, fault.sentence);
    history.add(
        "fault",
        Map.of("number", number, "fault", fault.name(), "host", host.name, "node", node + 1));
    switch (fault) {
      case KILL_NODE -> killNode(field.nodes.get(node), moment);
      case KILL_DATABASE -> field.database.postmaster().ifPresent(ProcessHandle::destroyForcibly);
      case KILL_DAEMON -> {
        host.killDaemon();
        Thread.sleep(moment);
        host.start(Optional.empty());
      }
      case KILL_TRAINERS -> host.killTrainers();
      case FREEZE_DAEMON -> {
        host.freezeDaemon();
        Thread.sleep(PAST_THE_FENCE);
        host.thaw();
      }
      case FREEZE_HOST -> {
        host.freezeDaemon();
        host.freezeTrainers();
        Thread.sleep(PAST_THE_FENCE);
        host.thaw();
      }
      case FREEZE_NODE -> {
        field.nodes.get(node).freeze();
        Thread.sleep(moment.multipliedBy(2));
        field.nodes.get(node).thaw();
      }
      case CUT_HOST -> during(host.wire, host.wire::cut, moment);
      case CUT_HOST_PAST_THE_FENCE -> during(host.wire, host.wire::cut, PAST_THE_FENCE);
      case MUTE_HOST -> during(host.wire, host.wire::mute, moment);
      case DELAY_HOST ->
          during(host.wire, () -> host.wire.delay(Duration.ofMillis(400)), moment.multipliedBy(2));
      case CUT_DATABASE -> {
        var wire = field.databaseWires.get(node);
        during(wire, wire::cut, moment);
      }
      case MUTE_DATABASE -> {
        var wire = field.databaseWires.get(node);
        during(wire, wire::mute, moment);
      }
      case DELAY_DATABASE -> {
        var wire = field.databaseWires.get(node);
        during(wire, () -> wire.delay(Duration.ofMillis(50)), moment.multipliedBy(2));
      }
      case REPEAT_REPORTS -> repeat(host.wire, random);
      case FILL_DISK -> {
        GpuHost small = field.hosts.stream().filter(GpuHost::hasOwnDisk).findFirst().orElseThrow();
        small.fillDisk();
        Thread.sleep(moment.multipliedBy(2));
        small.clearDisk();
      }
      case WRONG_CLOCK -> host.reboot(Duration.ofHours(random.nextBoolean() ? 1 : -1));
    }
    keepUp();
  }

  private Fault draw(Random random) {
    var possible = new ArrayList<>(List.of(Fault.values()));
    // Without the right to mount a file system there is no small disk to fill.
    if (field.hosts.stream().noneMatch(GpuHost::hasOwnDisk)) possible.remove(Fault.FILL_DISK);
    return possible.get(random.nextInt(possible.size()));
  }

  /** The other node goes on meanwhile; this one comes back in its own time. */
  private static void killNode(Node node, Duration pause) throws IOException, InterruptedException {
    node.kill();
    Thread.sleep(pause);
    node.start();
  }

  private static void during(TcpProxy wire, Runnable damage, Duration time)
      throws InterruptedException {
    damage.run();
    try {
      Thread.sleep(time);
    } finally {
      wire.heal();
    }
  }

  private void repeat(TcpProxy wire, Random random) {
    int repeated = 0;
    for (int i = 0; i < 20; i++) {
      try {
        if (wire.repeat(random)) repeated++;
      } catch (IOException nobodyThere) {
        // It was not delivered again, then.
      }
    }
    history.add("repeated", Map.of("reports", repeated));
  }

  /** What a supervisor does: processes that have ended start again. */
  void keepUp() throws IOException {
    for (GpuHost host : field.hosts) if (!host.isRunning()) host.start(Optional.empty());
    for (Node node : field.nodes) if (!node.isRunning()) node.start();
  }
}
