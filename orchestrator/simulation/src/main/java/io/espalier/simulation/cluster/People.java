package io.espalier.simulation.cluster;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.Shape;
import io.espalier.domain.schedule.Snapshot;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.simulation.event.Chance;
import io.espalier.simulation.store.Needs;
import io.espalier.simulation.store.Store;
import io.espalier.simulation.store.Submission;
import io.espalier.simulation.store.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Owners who fund, members who submit and cancel, admins who drain. They repeat what fails. */
final class People {

  private static final long MINUTE = 60_000;
  private static final long PATIENCE = 30_000;
  private static final int TRIES = 5;
  private static final List<PriorityClass> CLASSES = List.of(PriorityClass.values());

  private final World world;
  private final Chance chance;
  private final List<UUID> teams = new ArrayList<>();
  private final Map<UUID, Script> scripts = new HashMap<>();
  private final Map<String, UUID> jobsByKey = new HashMap<>();
  private final Set<UUID> acknowledged = new HashSet<>();
  private final List<UUID> jobs = new ArrayList<>();
  private final Network.Line line = new Network.Line();
  private int keys;

  People(World world, Chance chance) {
    this.world = world;
    this.chance = chance;
  }

  void begin(long until) {
    for (int i = (int) chance.between(2, 4); i > 0; i--) {
      var team = world.store().addTeam(quotas());
      teams.add(team);
      long minutes = chance.between(20, 400);
      world.store().fund(team, budget(minutes), "at first");
    }
    world.store().checker().afterTransaction();
    int count = (int) chance.between(8, 30);
    for (int i = 0; i < count; i++) at(until, this::submit);
    for (int i = chance.below(6); i > 0; i--) at(until, this::cancelAny);
    for (int i = chance.below(8); i > 0; i--) at(until, this::fundAny);
    for (int i = chance.below(6); i > 0; i--) at(until, this::raiseAny);
    for (int i = chance.below(10); i > 0; i--) at(until, this::pauseAny);
    for (int i = chance.below(6); i > 0; i--) at(until, this::resumeAny);
  }

  private Map<String, Snapshot.Quota> quotas() {
    var quotas = new HashMap<String, Snapshot.Quota>();
    for (var pool : World.POOLS) {
      if (chance.happens(0.5)) continue;
      int guarantee = chance.below(3);
      int ceiling =
          chance.happens(0.3) ? guarantee + (int) chance.between(2, 4) : Snapshot.Quota.NO_CEILING;
      quotas.put(pool, new Snapshot.Quota((int) chance.between(1, 3), guarantee, ceiling));
    }
    return quotas;
  }

  private void at(long until, Runnable what) {
    world.agenda().at(chance.between(0, until), what);
  }

  /** After the faults: whatever waits for money or for a person can have it. */
  void helpOut() {
    for (var team : teams) fund(team, budget(60_000));
    helpJobs();
    // Who was acknowledged late, or left late for a pause, was not in the list at first.
    world.agenda().in(MINUTE, this::helpJobs);
    world.agenda().in(10 * MINUTE, this::helpJobs);
  }

  private void helpJobs() {
    world.store().liftQuarantines();
    world.announceWork();
    // An order to drain may have come late, after the order to stop draining.
    for (var host : world.hosts()) drain(host, false, TRIES);
    for (var job : List.copyOf(jobs)) {
      raise(job, minutes(6_000));
      resume(job);
    }
  }

  private void submit() {
    var team = teams.get(chance.below(teams.size()));
    var script = Script.drawn(chance);
    int slots = chance.happens(0.25) ? World.LARGEST_GANG : 1;
    var pool = chance.happens(0.3) ? World.POOLS.get(chance.below(World.POOLS.size())) : null;
    var needs = Needs.of(seconds(slots, 10, 60), seconds(slots, 10, 90), seconds(slots, 10, 60));
    submit(
        new Submission(
            team,
            new UUID(2, chance.below(3)),
            new Amount(minutes(slots * chance.between(2, 60)), Money.UNLIMITED),
            32,
            new Shape(pool, slots, List.of(), new Bytes(0)),
            CLASSES.get(chance.below(CLASSES.size())),
            needs,
            needs.of(TaskKind.PROFILE),
            "job " + ++keys),
        script,
        TRIES);
  }

  private void submit(Submission submission, Script script, int tries) {
    var key = submission.key();
    ask(
        store -> {
          var job = store.submit(submission);
          // Known to the trainers of the job, whether or not the person ever hears of it.
          job.ifPresent(id -> submitted(id, key, script));
          return job.isPresent();
        },
        done -> {
          world.trace().note(Happening.SUBMITTED, teams.indexOf(submission.team()), done ? 1 : 0);
          if (done) acknowledged.add(Objects.requireNonNull(jobsByKey.get(key)));
        },
        () -> {
          if (tries > 1) {
            world
                .agenda()
                .in(chance.between(100, 5_000), () -> submit(submission, script, tries - 1));
          }
        });
  }

  private void submitted(UUID job, String key, Script script) {
    if (scripts.putIfAbsent(job, script) == null) jobs.add(job);
    jobsByKey.put(key, job);
  }

  private void cancelAny() {
    if (jobs.isEmpty()) return;
    var job = jobs.get(chance.below(jobs.size()));
    repeat(store -> store.cancel(job), TRIES);
    world.trace().note(Happening.CANCELLED, 0, 0);
  }

  private void fundAny() {
    fund(teams.get(chance.below(teams.size())), budget(chance.between(5, 100)));
  }

  private void fund(UUID team, Amount amount) {
    var key = "top-up " + ++keys;
    repeat(store -> store.fund(team, amount, key), TRIES);
    world.trace().note(Happening.FUNDED, teams.indexOf(team), 0);
  }

  private void raiseAny() {
    if (jobs.isEmpty()) return;
    raise(jobs.get(chance.below(jobs.size())), minutes(10));
  }

  private void pauseAny() {
    if (jobs.isEmpty()) return;
    var job = jobs.get(chance.below(jobs.size()));
    repeat(store -> store.pause(job), TRIES);
    world.trace().note(Happening.PAUSED, 0, 0);
  }

  private void resumeAny() {
    if (!jobs.isEmpty()) resume(jobs.get(chance.below(jobs.size())));
  }

  private void resume(UUID job) {
    repeat(store -> store.resume(job), TRIES);
    world.trace().note(Happening.RESUMED, 0, 0);
  }

  private void raise(UUID job, GpuTime by) {
    repeat(store -> store.raiseCap(job, Amount.of(by)), 1);
  }

  void drain(Host host, boolean draining, int tries) {
    world
        .network()
        .<Boolean>call(
            line,
            PATIENCE,
            (node, reply) -> node.drain(host.agent(), draining, reply),
            _ -> world.trace().note(Happening.DRAINED, host.number(), draining ? 1 : 0),
            () -> {
              if (tries > 1) world.agenda().in(2_000, () -> drain(host, draining, tries - 1));
            });
  }

  private void repeat(Predicate<Store> work, int tries) {
    ask(
        work,
        _ -> {},
        () -> {
          if (tries > 1) world.agenda().in(2_000, () -> repeat(work, tries - 1));
        });
  }

  private void ask(Predicate<Store> work, Consumer<Boolean> onAnswer, Runnable onFailure) {
    world
        .network()
        .<Boolean>call(
            line, PATIENCE, (node, reply) -> node.serve(work, reply), onAnswer, onFailure);
  }

  private static GpuTime minutes(long count) {
    return new GpuTime(count * MINUTE);
  }

  /** As much money as it costs, more or less: sometimes the one is short, sometimes the other. */
  private Amount budget(long minutes) {
    return new Amount(minutes(minutes), Money.of(minutes * (0.5 + chance.share()) / 60));
  }

  private GpuTime seconds(int slots, long least, long most) {
    return new GpuTime(1000L * slots * chance.between(least, most));
  }

  Script script(UUID job) {
    var script = scripts.get(job);
    if (script == null) throw new Violation("A job runs that nobody submitted: " + job);
    return script;
  }

  /** R1: what was acknowledged is there. */
  void requireAcknowledged() {
    for (var job : acknowledged) {
      if (!world.store().hasJob(job)) {
        throw new Violation("Job " + job + " was acknowledged and is not there");
      }
    }
  }
}
