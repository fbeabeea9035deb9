package io.espalier.domain.schedule;

import static io.espalier.domain.schedule.Scene.NOW;
import static io.espalier.domain.schedule.Scene.aLease;
import static io.espalier.domain.schedule.Scene.aTask;
import static io.espalier.domain.schedule.Scene.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Snapshot.Closed;
import io.espalier.domain.schedule.Snapshot.Quota;
import io.espalier.domain.schedule.Snapshot.Running;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.Bytes;
import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** What holds of every plan, on random snapshots. */
class PlannerPropertiesTest {

  private static final Duration HOUR = Duration.ofHours(1);

  @RepeatedTest(1000)
  void everyPlanIsSound(RepetitionInfo repetition) {
    var snapshot = anything(new Random(repetition.getCurrentRepetition()));
    var plan = Planner.plan(snapshot);

    assertThat(
            Stream.concat(
                plan.grants().stream().map(grant -> grant.waiting().task()),
                plan.waits().stream().map(wait -> wait.waiting().task())))
        .as("each waiting task has slots or a reason")
        .containsExactlyInAnyOrderElementsOf(
            snapshot.waiting().stream().map(Waiting::task).toList());
    var busy = snapshot.running().stream().flatMap(running -> running.slots().stream()).toList();
    assertThat(plan.grants().stream().flatMap(grant -> grant.slots().stream().map(Slot::id)))
        .as("no slot is given twice")
        .doesNotHaveDuplicates()
        .noneMatch(busy::contains);
    for (var grant : plan.grants()) {
      assertFits(grant);
      assertAvoids(grant, snapshot);
    }
    for (var team : snapshot.teams()) assertWithinMeans(team, snapshot, plan);
    assertThat(plan.yields()).extracting(asked -> asked.running().lease()).doesNotHaveDuplicates();
    assertThat(plan.yields()).noneMatch(asked -> asked.running().yielding());
    assertThat(plan.reservations())
        .extracting(Plan.Reservation::pool)
        .as("one reservation of each pool")
        .doesNotHaveDuplicates();
    for (var wait : plan.waits()) {
      if (wait.reason() == WaitingReason.RESERVED) assertThat(plan.reservations()).isNotEmpty();
      assertThat(wait.text()).isNotBlank();
    }
  }

  /** A host that failed a task gets it again only where no other could ever take it. */
  private static void assertAvoids(Grant grant, Snapshot snapshot) {
    var avoided = grant.waiting().avoid();
    if (!avoided.contains(grant.host().agent()) || !snapshot.maintenance().isEmpty()) return;
    var shape = grant.waiting().shape();
    assertThat(snapshot.hosts())
        .filteredOn(host -> !avoided.contains(host.agent()))
        .filteredOn(host -> host.live() && !host.draining())
        .filteredOn(host -> host.labels().containsAll(shape.labels()))
        .allSatisfy(host ->
            assertThat(host.slots())
                .filteredOn(slot -> slot.closed() == null && slot.pool().equals(grant.pool()))
                .filteredOn(slot -> slot.memory().compareTo(shape.memory()) >= 0)
                .filteredOn(slot -> !shape.isGang() || slot.kind() == SlotKind.WHOLE)
                .hasSizeLessThan(shape.slots()));
  }

  private static void assertFits(Grant grant) {
    var shape = grant.waiting().shape();
    var host = grant.host();
    assertThat(host.live()).isTrue();
    assertThat(host.draining()).isFalse();
    assertThat(host.slots()).containsAll(grant.slots());
    assertThat(host.labels()).containsAll(shape.labels());
    assertThat(grant.slots()).hasSize(shape.slots());
    for (var slot : grant.slots()) {
      assertThat(slot.closed()).isNull();
      assertThat(slot.pool()).isEqualTo(grant.pool());
      assertThat(shape.pool()).isIn(null, slot.pool());
      assertThat(slot.memory()).isGreaterThanOrEqualTo(shape.memory());
      if (shape.isGang()) assertThat(slot.kind()).isEqualTo(SlotKind.WHOLE);
    }
    var opens = grant.waiting().opensAt();
    assertThat(opens == null || !opens.isAfter(NOW)).isTrue();
    assertThat(grant.hold())
        .isGreaterThanOrEqualTo(grant.waiting().need().atMost(Scene.TERMS.fullHold(shape.slots())))
        .isLessThanOrEqualTo(grant.waiting().capFree());
  }

  private static void assertWithinMeans(Team team, Snapshot snapshot, Plan plan) {
    var holds =
        plan.grants().stream()
            .filter(grant -> grant.waiting().team().equals(team.id()))
            .map(Grant::hold)
            .reduce(GpuTime.ZERO, GpuTime::plus);
    assertThat(holds).isLessThanOrEqualTo(team.free());
    for (var pool : List.of("H200", "cpu")) {
      int granted = granted(plan, team.id(), pool);
      if (granted == 0) continue;
      assertThat(held(snapshot, team.id(), pool) + granted)
          .isLessThanOrEqualTo(team.quota(pool).ceiling());
    }
  }

  @RepeatedTest(200)
  void thePlanDoesNotDependOnTheOrderOfItsInputs(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var snapshot = anything(random);

    assertThat(Planner.plan(shuffled(snapshot, random))).isEqualTo(Planner.plan(snapshot));
  }

  @RepeatedTest(200)
  void aPlanThatIsCutGrantsTheFirstOfTheWholePlan(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var snapshot = singles(random);
    int most = 1 + random.nextInt(6);

    var whole = Planner.plan(snapshot).grants();
    var plan = Planner.plan(snapshot, new Bounds(most, Set.of()));

    assertThat(plan.grants()).isEqualTo(whole.subList(0, Math.min(most, whole.size())));
    assertThat(plan.isCut()).isEqualTo(whole.size() >= most);
  }

  @RepeatedTest(200)
  void aPlanEndsWhereMoreOfAQueueWaitsThanWasRead(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var snapshot = singles(random);
    var last =
        snapshot.waiting().stream()
            .map(Waiting::task)
            .filter(_ -> random.nextInt(4) == 0)
            .collect(Collectors.toSet());

    var whole = Planner.plan(snapshot).grants();
    var plan = Planner.plan(snapshot, new Bounds(Integer.MAX_VALUE, last));

    int end = 0;
    while (end < whole.size() && !last.contains(whole.get(end).waiting().task())) end++;
    assertThat(plan.grants()).isEqualTo(whole.subList(0, Math.min(end + 1, whole.size())));
  }

  @RepeatedTest(200)
  void noTaskIsTurnedToAProcessorBecauseThePlanIsCut(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var snapshot = anything(random);

    var plan = Planner.plan(snapshot, new Bounds(1 + random.nextInt(3), Set.of()));

    var first = new HashMap<UUID, String>();
    for (var grant : Planner.plan(snapshot).grants())
      first.put(grant.waiting().task(), grant.pool());
    for (var grant : plan.grants()) {
      if (grant.pool().equals("cpu") && grant.waiting().shape().pool() == null) {
        assertThat(first.get(grant.waiting().task())).isNotEqualTo("H200");
      }
    }
  }

  @RepeatedTest(200)
  void whatWaitsOfItselfTakesNothingFromAnybody(RepetitionInfo repetition) {
    var snapshot = anything(new Random(repetition.getCurrentRepetition()));
    var plan = Planner.plan(snapshot);

    var others = new ArrayList<>(snapshot.waiting());
    plan.waits().stream()
        .filter(wait -> wait.reason().isOfItself())
        .forEach(wait -> others.remove(wait.waiting()));

    assertThat(Planner.plan(with(snapshot, others, snapshot.running())).grants())
        .isEqualTo(plan.grants());
  }

  @RepeatedTest(200)
  void noTaskWaitsBesideAFreeSlotThatItCouldHave(RepetitionInfo repetition) {
    var snapshot = singles(new Random(repetition.getCurrentRepetition()));
    var plan = Planner.plan(snapshot);

    var free = free(snapshot, plan);
    for (var wait : plan.waits()) {
      if (!wait.reason().isOfItself()) assertThat(free).as(wait.toString()).isEmpty();
    }
  }

  @RepeatedTest(200)
  void aGuaranteeThatIsWantedIsMetOrSlotsAreEmptiedForIt(RepetitionInfo repetition) {
    var snapshot = singles(new Random(repetition.getCurrentRepetition()));
    var plan = Planner.plan(snapshot);

    var unmet = new ArrayList<UUID>();
    for (var team : snapshot.teams()) {
      int has = held(snapshot, team.id(), "H200") + granted(plan, team.id(), "H200");
      long waiting =
          plan.waits().stream()
              .filter(wait -> wait.waiting().team().equals(team.id()))
              .filter(wait -> !wait.reason().isOfItself())
              .count();
      for (int i = has; i < Math.min(has + waiting, team.quota("H200").guarantee()); i++) {
        unmet.add(team.id());
      }
    }
    if (unmet.isEmpty()) return;
    for (var team : snapshot.teams()) {
      int granted = granted(plan, team.id(), "H200");
      assertThat(
              granted == 0
                  || held(snapshot, team.id(), "H200") + granted <= team.quota("H200").guarantee())
          .as("nobody borrows while a guarantee is wanted")
          .isTrue();
    }
    long leaving =
        plan.yields().size() + snapshot.running().stream().filter(Running::yielding).count();
    long borrowed = snapshot.teams().stream().mapToLong(team -> borrowed(snapshot, team)).sum();
    assertThat(leaving)
        .as("as many leave as guarantees lack, or all that is borrowed")
        .isGreaterThanOrEqualTo(Math.min(unmet.size(), borrowed));
  }

  private static int borrowed(Snapshot snapshot, Team team) {
    long keeping =
        snapshot.running().stream()
            .filter(running -> running.team().equals(team.id()) && !running.yielding())
            .count();
    return Math.max(0, (int) keeping - team.quota("H200").guarantee());
  }

  @RepeatedTest(2000)
  void preemptionComesToRest(RepetitionInfo repetition) {
    var snapshot = singles(new Random(repetition.getCurrentRepetition()));
    var preempted = new HashSet<UUID>();
    for (int cycle = 0; cycle < 40; cycle++) {
      var plan = Planner.plan(snapshot);
      for (var asked : plan.yields()) {
        assertThat(preempted.add(asked.running().task()))
            .as("no task is preempted twice while nothing else happens")
            .isTrue();
      }
      if (plan.grants().isEmpty() && plan.yields().isEmpty()) return;
      snapshot = afterwards(snapshot, plan);
    }
    throw new AssertionError("Plans still change things after 40 cycles");
  }

  /** Everybody has left who was to; grants run, and have run for an hour. */
  private static Snapshot afterwards(Snapshot snapshot, Plan plan) {
    var waiting = new ArrayList<>(snapshot.waiting());
    var running = new ArrayList<Running>();
    var leaving =
        plan.yields().stream().map(asked -> asked.running().lease()).collect(Collectors.toSet());
    for (var lease : snapshot.running()) {
      if (lease.yielding()) continue;
      if (!leaving.contains(lease.lease())) {
        running.add(lease);
        continue;
      }
      int number = (int) lease.job().getLeastSignificantBits();
      waiting.add(aTask(number, lease.team()).waiting());
    }
    for (var grant : plan.grants()) {
      waiting.remove(grant.waiting());
      int number = (int) grant.waiting().job().getLeastSignificantBits();
      var slot = grant.slots().getFirst();
      var scene =
          new Scene()
              .host(grant.host())
              .runs(aLease(number, grant.waiting().team(), grant.host().name(), slot.index()));
      running.addAll(scene.snapshot().running());
    }
    return with(snapshot, waiting, running);
  }

  private static Snapshot with(Snapshot snapshot, List<Waiting> waiting, List<Running> running) {
    return new Snapshot(
        snapshot.now(),
        snapshot.terms(),
        snapshot.rules(),
        snapshot.teams(),
        List.copyOf(waiting),
        List.copyOf(running),
        snapshot.hosts(),
        snapshot.maintenance());
  }

  private static Set<UUID> free(Snapshot snapshot, Plan plan) {
    var free = new HashSet<UUID>();
    for (var host : snapshot.hosts()) {
      for (var slot : host.slots()) free.add(slot.id());
    }
    snapshot.running().forEach(running -> running.slots().forEach(free::remove));
    plan.grants().forEach(grant -> grant.slots().forEach(slot -> free.remove(slot.id())));
    return free;
  }

  private static int held(Snapshot snapshot, UUID team, String pool) {
    return snapshot.running().stream()
        .filter(running -> running.team().equals(team) && running.pool().equals(pool))
        .mapToInt(running -> running.slots().size())
        .sum();
  }

  private static int granted(Plan plan, UUID team, String pool) {
    return plan.grants().stream()
        .filter(grant -> grant.waiting().team().equals(team) && grant.pool().equals(pool))
        .mapToInt(grant -> grant.slots().size())
        .sum();
  }

  /** One pool of open slots, tasks of one slot, money for all; guarantees that fit. */
  private static Snapshot singles(Random random) {
    var scene = new Scene();
    int hosts = 1 + random.nextInt(4);
    int perHost = 1 + random.nextInt(4);
    int slots = hosts * perHost;
    int left = slots;
    int teams = 1 + random.nextInt(4);
    for (int team = 1; team <= teams; team++) {
      int guarantee = random.nextInt(left + 1);
      left -= guarantee;
      int ceiling = random.nextInt(3) > 0 ? Quota.NO_CEILING : guarantee + random.nextInt(slots);
      scene.team(id(team), 1 + random.nextInt(3), guarantee, Math.max(1, ceiling));
    }
    int number = 100;
    for (int host = 0; host < hosts; host++) {
      scene.host("h" + host, perHost);
      for (int slot = 0; slot < perHost; slot++) {
        if (random.nextInt(4) == 0) continue;
        var lease = aLease(number++, id(1 + random.nextInt(teams)), "h" + host, slot);
        if (random.nextInt(6) == 0) lease.yielding();
        scene.runs(lease.unsaved(Duration.ofMinutes(random.nextInt(30))));
      }
    }
    for (int i = 0; i < random.nextInt(20); i++) {
      scene.waits(
          aTask(number++, id(1 + random.nextInt(teams)))
              .of(random.nextInt(3), random.nextInt(5))
              .submitted(HOUR.plusMinutes(random.nextInt(500))));
    }
    return scene.snapshot();
  }

  /** Two pools, gangs, labels, closed slots, windows, poor teams: whatever there is. */
  private static Snapshot anything(Random random) {
    var scene = new Scene();
    int teams = 1 + random.nextInt(4);
    for (int team = 1; team <= teams; team++) {
      switch (random.nextInt(3)) {
        case 0 -> scene.team(id(team), GpuTime.ofSeconds(random.nextInt(3000)));
        case 1 -> scene.team(id(team), 1 + random.nextInt(3));
        default -> {
          int guarantee = random.nextInt(4);
          scene.team(id(team), 1 + random.nextInt(3), guarantee, guarantee + 1 + random.nextInt(6));
        }
      }
    }
    int number = 100;
    for (int i = 0; i < random.nextInt(6); i++) {
      var name = "h" + i;
      int slots = 1 + random.nextInt(4);
      scene.host(name, slots, random.nextInt(3) == 0 ? "cpu" : "H200");
      if (random.nextInt(4) == 0) scene.labelled(name, "nvlink");
      if (random.nextInt(6) == 0) {
        scene.sliced(name, SlotKind.MIG_SLICE, new Bytes(18L << 30));
      }
      int chance = random.nextInt(12);
      if (chance == 0) scene.silent(name);
      if (chance == 1) scene.draining(name);
      if (chance == 2) scene.maintenance(name, Duration.ofMinutes(random.nextInt(30)), HOUR);
      for (int slot = 0; slot < slots; slot++) {
        if (random.nextInt(8) == 0 && chance > 2) {
          scene.closed(name, slot, any(Closed.class, random));
        }
        if (random.nextInt(3) > 0) continue;
        scene.runs(anyLease(number++, random, teams, name, slot));
      }
    }
    for (int i = 0; i < random.nextInt(25); i++) {
      scene.waits(anyTask(number++, random, teams));
    }
    return scene.snapshot();
  }

  private static Scene.Lease anyLease(int number, Random random, int teams, String host, int slot) {
    var lease =
        aLease(number, id(1 + random.nextInt(teams)), host, slot)
            .at(any(PriorityClass.class, random))
            .granted(Duration.ofMinutes(random.nextInt(40)))
            .unsaved(Duration.ofMinutes(random.nextInt(9)))
            .endsIn(random.nextInt(4) == 0 ? null : Duration.ofMinutes(random.nextInt(200)));
    if (random.nextInt(5) == 0) lease.yielding();
    if (random.nextInt(5) == 0) lease.promisedAway(Duration.ofMinutes(random.nextInt(4)));
    return lease;
  }

  private static Scene.Task anyTask(int number, Random random, int teams) {
    var task =
        aTask(number, id(1 + random.nextInt(teams)))
            .of(random.nextInt(3), random.nextInt(4))
            .submitted(Duration.ofMinutes(random.nextInt(100)))
            .at(any(PriorityClass.class, random));
    if (random.nextInt(3) == 0) task.in(random.nextBoolean() ? null : "cpu");
    if (random.nextInt(3) == 0) task.gang(1 + random.nextInt(4));
    if (random.nextInt(6) == 0) task.on("nvlink");
    if (random.nextInt(6) == 0) task.with(new Bytes(40L << 30));
    if (random.nextInt(6) == 0) task.cappedAt(GpuTime.ofSeconds(random.nextInt(200)));
    if (random.nextInt(6) == 0) task.opensIn(Duration.ofMinutes(random.nextInt(9) - 4));
    if (random.nextInt(6) == 0) task.dueIn(Duration.ofMinutes(random.nextInt(200)));
    if (random.nextInt(2) == 0) task.lasting(Duration.ofMinutes(random.nextInt(200)));
    if (random.nextInt(6) == 0) task.avoiding("h" + random.nextInt(3));
    return task;
  }

  private static Snapshot shuffled(Snapshot snapshot, Random random) {
    return new Snapshot(
        snapshot.now(),
        snapshot.terms(),
        snapshot.rules(),
        mixed(snapshot.teams(), random),
        mixed(snapshot.waiting(), random),
        mixed(snapshot.running(), random),
        mixed(snapshot.hosts(), random),
        mixed(snapshot.maintenance(), random));
  }

  private static <E extends Enum<E>> E any(Class<E> type, Random random) {
    var all = List.copyOf(EnumSet.allOf(type));
    return all.get(random.nextInt(all.size()));
  }

  private static <T> List<T> mixed(List<T> list, Random random) {
    var mixed = new ArrayList<>(list);
    Collections.shuffle(mixed, random);
    return mixed;
  }
}
