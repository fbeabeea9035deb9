package io.espalier.simulation.cluster;

import io.espalier.domain.agent.LeaseKey;
import io.espalier.simulation.event.Chance;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A machine with slots: a disk, a clock, a line to the platform, trainers, and one daemon. */
final class Host {

  private final World world;
  private final int number;
  private final UUID agent;
  private final HostClock clock;
  private final Chance chance;
  private final Network.Line line = new Network.Line();

  /** By name, as a directory is read. */
  private final TreeMap<String, Folder> folders = new TreeMap<>();

  private final List<Runnable> held = new ArrayList<>();
  private @Nullable Daemon daemon;
  private boolean frozen;
  private boolean diskFull;
  private boolean scrapped;
  private long hellos;

  Host(World world, int number, UUID agent, HostClock clock, Chance chance) {
    this.world = world;
    this.number = number;
    this.agent = agent;
    this.clock = clock;
    this.chance = chance;
  }

  int number() {
    return number;
  }

  UUID agent() {
    return agent;
  }

  HostClock clock() {
    return clock;
  }

  Chance chance() {
    return chance;
  }

  Network.Line line() {
    return line;
  }

  // ── Processes ─────────────────────────────────────────────────────────────────────────────────

  void startDaemon() {
    if (daemon != null || scrapped) return;
    world.trace().note(Happening.DAEMON_STARTED, number, folders.size());
    daemon = new Daemon(world, this);
    daemon.start();
  }

  /** SIGKILL: everything in memory is gone; trainers and folders stay. */
  void killDaemon() {
    if (daemon == null) return;
    world.trace().note(Happening.DAEMON_DIED, number, 0);
    daemon = null;
    frozen = false;
    held.clear();
  }

  /** SIGSTOP to the daemon: trainers run on, and nobody renews their deadline. */
  void freeze() {
    if (daemon == null || frozen) return;
    world.trace().note(Happening.DAEMON_FROZEN, number, 0);
    frozen = true;
  }

  void thaw() {
    if (!frozen) return;
    world.trace().note(Happening.DAEMON_THAWED, number, held.size());
    frozen = false;
    var waiting = List.copyOf(held);
    held.clear();
    for (var step : waiting) step.run();
  }

  /** Power goes off: no process survives. */
  void die() {
    world.trace().note(Happening.HOST_DIED, number, 0);
    killDaemon();
    for (var folder : List.copyOf(folders.values())) killTrainer(folder);
  }

  /** It dies and is never started again. */
  void scrap() {
    die();
    scrapped = true;
  }

  void killAnyTrainer() {
    var alive = new ArrayList<Folder>();
    for (var folder : folders.values()) {
      if (folder.trainer != null && folder.trainer.isAlive()) alive.add(folder);
    }
    if (!alive.isEmpty()) killTrainer(alive.get(chance.below(alive.size())));
  }

  static void killTrainer(Folder folder) {
    if (folder.trainer != null) folder.trainer.kill();
  }

  /** Whether {@code asking} is the daemon that runs here now. */
  boolean isRunning(Daemon asking) {
    return daemon == asking;
  }

  /** Runs a step of a daemon: not at all if it is dead, later if it is frozen. */
  void run(Daemon asking, Runnable step) {
    if (daemon != asking) return;
    if (frozen) held.add(() -> run(asking, step));
    else step.run();
  }

  void trainerSpoke(Folder folder) {
    if (daemon != null) daemon.trainerSpoke(folder);
  }

  // ── Disk ──────────────────────────────────────────────────────────────────────────────────────

  /** A counter on disk. */
  long nextHello() {
    return ++hellos;
  }

  boolean isDiskFull() {
    return diskFull;
  }

  void setDiskFull(boolean full) {
    if (diskFull == full) return;
    world.trace().note(full ? Happening.DISK_FULL : Happening.DISK_FREE, number, 0);
    diskFull = full;
  }

  List<Folder> folders() {
    return List.copyOf(folders.values());
  }

  Folder create(LeaseKey key, io.espalier.domain.wire.TaskSpec spec) {
    delete(key);
    var folder = new Folder(key, spec);
    folders.put(key.toString(), folder);
    return folder;
  }

  /** Kills what runs in it and deletes it. */
  void delete(LeaseKey key) {
    var folder = folders.remove(key.toString());
    if (folder == null) return;
    folder.deleted = true;
    killTrainer(folder);
  }
}
