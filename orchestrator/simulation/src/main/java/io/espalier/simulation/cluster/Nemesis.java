package io.espalier.simulation.cluster;

import io.espalier.simulation.event.Chance;

/** Lets the faults befall the cluster, each for a while, and heals all of them at the end. */
final class Nemesis {

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60_000;
  private static final int TRIES = 20;

  private final World world;
  private final Chance chance;
  private final People admins;
  private boolean over;

  Nemesis(World world, Chance chance, People admins) {
    this.world = world;
    this.chance = chance;
    this.admins = admins;
  }

  void begin(Faults faults) {
    again(faults.daemonDeath(), this::killDaemon);
    again(faults.daemonFreeze(), this::freezeDaemon);
    again(faults.trainerDeath(), () -> anyHost().killAnyTrainer());
    again(faults.hostDeath(), this::killHost);
    again(faults.diskFull(), this::fillDisk);
    again(faults.cutOff(), this::cutOff);
    again(faults.nodeDeath(), this::killNode);
    again(faults.databaseOutage(), this::stopDatabase);
    again(faults.drain(), this::drain);
  }

  private void again(long mean, Runnable fault) {
    if (mean == 0) return;
    world
        .agenda()
        .in(
            chance.waiting((double) mean),
            () -> {
              if (over) return;
              fault.run();
              again(mean, fault);
            });
  }

  /** Some faults are over in a moment; others outlast every deadline. */
  private long awhile() {
    return chance.happens(0.3)
        ? chance.between(2 * MINUTE, 6 * MINUTE)
        : chance.between(SECOND, 90 * SECOND);
  }

  private Host anyHost() {
    return world.hosts().get(chance.below(world.hosts().size()));
  }

  private void killDaemon() {
    var host = anyHost();
    host.killDaemon();
    world.agenda().in(awhile(), host::startDaemon);
  }

  private void freezeDaemon() {
    var host = anyHost();
    host.freeze();
    world.agenda().in(awhile(), host::thaw);
  }

  private void killHost() {
    var host = anyHost();
    host.die();
    world.agenda().in(awhile(), host::startDaemon);
  }

  private void fillDisk() {
    var host = anyHost();
    host.setDiskFull(true);
    world.agenda().in(awhile(), () -> host.setDiskFull(false));
  }

  private void cutOff() {
    var host = anyHost();
    var line = host.line();
    int way = chance.below(3);
    world.trace().note(Happening.CUT_OFF, host.number(), way);
    line.outCut |= way != 1;
    line.backCut |= way != 2;
    world.agenda().in(awhile(), () -> connect(host));
  }

  private void connect(Host host) {
    world.trace().note(Happening.CONNECTED, host.number(), 0);
    host.line().outCut = false;
    host.line().backCut = false;
  }

  private void killNode() {
    var node = world.nodes().get(chance.below(world.nodes().size()));
    node.die();
    world.agenda().in(awhile(), node::start);
  }

  private void stopDatabase() {
    if (world.database().isDown()) return;
    world.trace().note(Happening.DATABASE_DOWN, 0, 0);
    world.database().setDown(true);
    world.breakPlanLock();
    world.lookAtPlatform();
    world.agenda().in(awhile(), this::startDatabase);
  }

  private void startDatabase() {
    if (!world.database().isDown()) return;
    world.trace().note(Happening.DATABASE_UP, 0, 0);
    world.database().setDown(false);
    world.lookAtPlatform();
  }

  private void drain() {
    var host = anyHost();
    admins.drain(host, true, 1);
    world.agenda().in(awhile(), () -> admins.drain(host, false, TRIES));
  }

  /** Some hosts never return, and what they had must be given to others. */
  private boolean isGoneForGood(Host host) {
    if (host.number() <= World.KEPT_HOSTS || !chance.happens(0.3)) return false;
    host.scrap();
    return true;
  }

  void heal() {
    over = true;
    startDatabase();
    for (var node : world.nodes()) node.start();
    for (var host : world.hosts()) {
      if (isGoneForGood(host)) continue;
      connect(host);
      host.setDiskFull(false);
      host.thaw();
      host.startDaemon();
      admins.drain(host, false, TRIES);
    }
  }
}
