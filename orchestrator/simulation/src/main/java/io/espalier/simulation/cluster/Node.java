package io.espalier.simulation.cluster;

import io.espalier.domain.lease.Watch;
import io.espalier.domain.schedule.Bounds;
import io.espalier.domain.schedule.Plan;
import io.espalier.domain.schedule.Planner;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.simulation.cluster.Network.Reply;
import io.espalier.simulation.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A platform node: the agents' endpoint, the plan loop, the reaper. Every transaction is an event
 * of its own, so that those of several nodes and calls interleave, and a node may die between two.
 */
final class Node {

  private static final long TRANSACTION = 3;
  private static final long SOON = 10;
  private static final long BUSY = 50;
  private static final long RETRY = 2_000;

  /** So few that plans are often cut. */
  private static final Bounds FEW = new Bounds(4, Set.of());

  private final World world;
  private final int number;
  private final List<Poll> polls = new ArrayList<>();
  private boolean up;
  private int life;
  private @Nullable Watch watch;
  private boolean planWanted;
  private boolean planning;

  Node(World world, int number) {
    this.world = world;
    this.number = number;
  }

  boolean isUp() {
    return up;
  }

  int number() {
    return number;
  }

  // ── Life ──────────────────────────────────────────────────────────────────────────────────────

  void start() {
    if (up) return;
    int begun = ++life;
    try {
      watch = Watch.from(world.database().transact(store -> store.now()));
    } catch (Database.Away away) {
      world
          .agenda()
          .in(
              RETRY,
              () -> {
                if (life == begun) start();
              });
      return;
    }
    up = true;
    world.lookAtPlatform();
    world.trace().note(Happening.NODE_STARTED, number, 0);
    watchdog(begun);
    wake();
  }

  void die() {
    if (!up) return;
    world.trace().note(Happening.NODE_DIED, number, 0);
    up = false;
    life++;
    polls.clear();
    planWanted = false;
    planning = false;
    watch = null;
    world.releasePlanLock(this);
    world.lookAtPlatform();
  }

  /** Goes on a moment later, if it still lives then. */
  private void then(long delay, Runnable step) {
    int now = life;
    world
        .agenda()
        .in(
            delay,
            () -> {
              if (life == now) step.run();
            });
  }

  private void watchdog(int begun) {
    world
        .agenda()
        .in(
            3 * world.settings().planPeriod(),
            () -> {
              if (life != begun) return;
              look();
              wake();
              watchdog(begun);
            });
  }

  // ── Planning ──────────────────────────────────────────────────────────────────────────────────

  void wake() {
    if (!up) return;
    boolean asked = planWanted;
    planWanted = true;
    if (!asked && !planning) then(SOON, this::plan);
  }

  private void plan() {
    if (planning) return;
    planWanted = false;
    if (!world.takePlanLock(this)) {
      then(BUSY, this::wake);
      return;
    }
    planning = true;
    try {
      var plan =
          world
              .database()
              .<@Nullable Plan>transact(
                  store -> store.hasWaiting() ? Planner.plan(store.snapshot(), FEW) : null);
      if (plan == null) {
        donePlanning(false);
        return;
      }
      world.trace().note(Happening.PLANNED, number, plan.grants().size());
      then(TRANSACTION, () -> askToLeave(plan, 0));
    } catch (Database.Away away) {
      donePlanning(false);
    }
  }

  /** All grants in one transaction, as the platform does; those that are outdated drop out. */
  private void commit(Plan plan) {
    if (plan.grants().isEmpty()) {
      resume(plan, 0, false);
      return;
    }
    try {
      var granted =
          world
              .database()
              .<List<Plan.Grant>>transact(
                  store -> plan.grants().stream().filter(store::grant).toList());
      for (var grant : plan.grants()) {
        var agent = grant.host().agent();
        boolean isTrue = granted.contains(grant);
        world
            .trace()
            .note(isTrue ? Happening.GRANTED : Happening.OUTDATED, number, world.hostNumber(agent));
        if (isTrue) world.announce(agent);
      }
      boolean again = plan.isCut() || granted.size() < plan.grants().size();
      then(TRANSACTION, () -> resume(plan, 0, again));
    } catch (Database.Away away) {
      // The plan is broken off; the next one starts from what is stored.
      donePlanning(false);
    }
  }

  private void askToLeave(Plan plan, int next) {
    if (next == plan.yields().size()) {
      commit(plan);
      return;
    }
    var asked = plan.yields().get(next);
    var agent = asked.running().agent();
    try {
      if (world.database().transact(store -> store.askToLeave(asked))) {
        world.trace().note(Happening.ASKED_TO_LEAVE, number, world.hostNumber(agent));
        world.announce(agent);
      }
      then(TRANSACTION, () -> askToLeave(plan, next + 1));
    } catch (Database.Away away) {
      donePlanning(false);
    }
  }

  private void resume(Plan plan, int next, boolean again) {
    for (int i = next; i < plan.waits().size(); i++) {
      var wait = plan.waits().get(i);
      var waiting = wait.waiting();
      if (!waiting.parked() || wait.reason().isForMoney()) continue;
      try {
        world
            .database()
            .transact(store -> store.resume(waiting.job(), waiting.jobVersion(), waiting.kind()));
      } catch (Database.Away away) {
        donePlanning(false);
        return;
      }
      int after = i + 1;
      then(TRANSACTION, () -> resume(plan, after, again));
      return;
    }
    donePlanning(again);
  }

  private void donePlanning(boolean again) {
    planning = false;
    world.releasePlanLock(this);
    if (planWanted || again) {
      planWanted = true;
      then(SOON, this::plan);
    }
  }

  // ── Reaping ───────────────────────────────────────────────────────────────────────────────────

  private void look() {
    if (watch == null) return;
    try {
      watch =
          watch.look(
              world.database().transact(store -> store.now()), world.settings().longestGap());
    } catch (Database.Away away) {
      // The next look sees the gap.
    }
  }

  void reap() {
    if (!up || watch == null) return;
    try {
      watch =
          watch.look(
              world.database().transact(store -> store.now()), world.settings().longestGap());
      var unheard = world.database().transact(store -> store.unheard());
      if (!unheard.isEmpty()) then(TRANSACTION, () -> expire(unheard, 0));
    } catch (Database.Away away) {
      // The next beat comes.
    }
  }

  private void expire(List<UUID> unheard, int next) {
    if (next == unheard.size() || watch == null) return;
    var upSince = watch.upSince();
    try {
      boolean expired =
          world.database().transact(store -> store.expire(unheard.get(next), upSince));
      if (expired) {
        world.trace().note(Happening.EXPIRED, number, 0);
        world.expired();
        world.announceAll();
      }
      then(TRANSACTION, () -> expire(unheard, next + 1));
    } catch (Database.Away away) {
      // The next beat comes.
    }
  }

  // ── The agents' endpoint ──────────────────────────────────────────────────────────────────────

  void hello(UUID agent, Hello.Request request, Reply<Boolean> reply) {
    world.trace().note(Happening.HELLO, number, world.hostNumber(agent));
    try {
      var live = world.database().transact(store -> store.hello(agent, request.number()));
      then(TRANSACTION, () -> adoptOrLose(agent, request, live, 0, reply));
    } catch (Database.Away away) {
      reply.fail();
    }
  }

  private void adoptOrLose(
      UUID agent, Hello.Request request, List<UUID> live, int next, Reply<Boolean> reply) {
    if (next == live.size()) {
      world.announce(agent);
      world.announceWork();
      reply.answer(true);
      return;
    }
    try {
      world
          .database()
          .transact(store -> {
            store.adoptOrLose(live.get(next), request.running());
            return true;
          });
      then(TRANSACTION, () -> adoptOrLose(agent, request, live, next + 1, reply));
    } catch (Database.Away away) {
      reply.fail();
    }
  }

  private record Poll(UUID agent, long since, long until, Reply<Desired> reply) {}

  void desired(UUID agent, long since, long wait, Reply<Desired> reply) {
    read(new Poll(agent, since, world.agenda().now() + wait, reply));
  }

  private void read(Poll poll) {
    try {
      boolean due = world.agenda().now() >= poll.until();
      var desired =
          world
              .database()
              .<@Nullable Desired>transact(store -> {
                if (due || store.desiredVersion(poll.agent()) > poll.since()) {
                  return store.desired(poll.agent());
                }
                store.seen(poll.agent());
                return null;
              });
      if (desired != null) {
        poll.reply().answer(desired);
        return;
      }
      polls.add(poll);
      then(
          poll.until() - world.agenda().now(),
          () -> {
            if (polls.remove(poll)) read(poll);
          });
    } catch (Database.Away away) {
      poll.reply().fail();
    }
  }

  /** A notice: something about this agent has changed. */
  void hearOf(UUID agent) {
    if (!up) return;
    for (int i = polls.size() - 1; i >= 0; i--) {
      var poll = polls.get(i);
      if (!poll.agent().equals(agent)) continue;
      polls.remove(i);
      read(poll);
    }
  }

  void events(UUID agent, Events.Request request, Reply<Events.Answer> reply) {
    try {
      world
          .database()
          .transact(store -> {
            store.seen(agent);
            return true;
          });
      accept(agent, request, 0, new ArrayList<>(request.leases().size()), reply);
    } catch (Database.Away away) {
      reply.fail();
    }
  }

  private void accept(
      UUID agent,
      Events.Request request,
      int next,
      List<Events.Verdict> verdicts,
      Reply<Events.Answer> reply) {
    if (next == request.leases().size()) {
      reply.answer(new Events.Answer(verdicts));
      return;
    }
    var batch = request.leases().get(next);
    int host = world.hostNumber(agent);
    try {
      var verdict = world.database().transact(store -> store.accept(agent, batch));
      if (verdict.isEmpty()) {
        world.trace().note(Happening.REFUSED, host, 0);
        throw new IllegalStateException("An agent reports only what it has sent");
      }
      verdicts.add(verdict.get());
      switch (verdict.get().outcome()) {
        case ACCEPTED -> world.trace().note(Happening.ACCEPTED, host, batch.events().size());
        case ENDED -> {
          world.trace().note(Happening.ENDED, host, batch.events().size());
          if (!batch.events().isEmpty()) {
            world.announce(agent);
            world.announceWork();
          }
        }
        case STALE_EPOCH -> world.trace().note(Happening.FENCED, host, batch.events().size());
      }
      then(TRANSACTION, () -> accept(agent, request, next + 1, verdicts, reply));
    } catch (Database.Away away) {
      reply.fail();
    }
  }

  /** True: stored. False: no such live lease. */
  void storeContent(UUID agent, UUID lease, String content, Reply<Boolean> reply) {
    try {
      reply.answer(world.database().transact(store -> store.storeContent(agent, lease, content)));
    } catch (Database.Away away) {
      reply.fail();
    }
  }

  // ── People ────────────────────────────────────────────────────────────────────────────────────

  /** Any transaction of a person, answered with whether it was done. */
  void serve(Predicate<Store> work, Reply<Boolean> reply) {
    try {
      boolean done = world.database().transact(work::test);
      world.announceAll();
      reply.answer(done);
    } catch (Database.Away away) {
      reply.fail();
    }
  }

  void drain(UUID agent, boolean draining, Reply<Boolean> reply) {
    try {
      world
          .database()
          .transact(store -> {
            store.drain(agent, draining);
            return true;
          });
      if (!draining) {
        world.announceWork();
        reply.answer(true);
        return;
      }
      then(
          TRANSACTION,
          () -> {
            try {
              var live = world.database().transact(store -> store.liveOf(agent));
              yieldAll(agent, live, 0, reply);
            } catch (Database.Away away) {
              reply.fail();
            }
          });
    } catch (Database.Away away) {
      reply.fail();
    }
  }

  private void yieldAll(UUID agent, List<UUID> live, int next, Reply<Boolean> reply) {
    if (next == live.size()) {
      world.announce(agent);
      reply.answer(true);
      return;
    }
    try {
      world
          .database()
          .transact(store -> {
            store.yieldForDrain(live.get(next));
            return true;
          });
      then(TRANSACTION, () -> yieldAll(agent, live, next + 1, reply));
    } catch (Database.Away away) {
      reply.fail();
    }
  }
}
