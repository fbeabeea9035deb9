package io.espalier.domain.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.Plan.Grant;
import io.espalier.domain.schedule.Snapshot.Host;
import io.espalier.domain.schedule.Snapshot.Slot;
import io.espalier.domain.schedule.Snapshot.Team;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.unit.GpuTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class PlannerTest {

  private static final Terms TERMS =
      new Terms(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(4));
  private static final GpuTime NEED = GpuTime.ofSeconds(60);
  private static final GpuTime AMPLE = GpuTime.ofHours(100);
  private static final Instant MONDAY = Instant.parse("2026-11-23T08:00:00Z");

  private static final UUID RED = id(1);
  private static final UUID BLUE = id(2);

  @Test
  void givesTheSmallestWeightedShareItsTurnFirst() {
    var plan =
        plan(
            List.of(new Team(RED, 1, 2, AMPLE), new Team(BLUE, 4, 4, AMPLE)),
            List.of(aTask(10, RED, 0), aTask(20, BLUE, 5)),
            List.of(aHost("oak", 1)));

    assertThat(jobs(plan)).containsExactly(id(20));
  }

  @Test
  void takesTurnsWhileItGrants() {
    var plan =
        plan(
            List.of(new Team(RED, 1, 0, AMPLE), new Team(BLUE, 1, 0, AMPLE)),
            List.of(
                aTask(10, RED, 0),
                aTask(11, RED, 1),
                aTask(12, RED, 2),
                aTask(20, BLUE, 8),
                aTask(21, BLUE, 9)),
            List.of(aHost("oak", 4)));

    assertThat(jobs(plan)).containsExactly(id(10), id(20), id(11), id(21));
    assertThat(plan.waits())
        .singleElement()
        .satisfies(wait -> {
          assertThat(wait.reason()).isEqualTo(WaitingReason.SLOTS_BUSY);
          assertThat(wait.waiting().job()).isEqualTo(id(12));
        });
  }

  @Test
  void aHeadThatCannotBePaidForBlocksNobody() {
    var plan =
        plan(
            List.of(new Team(RED, 1, 0, GpuTime.ofSeconds(59)), new Team(BLUE, 1, 0, AMPLE)),
            List.of(aTask(10, RED, 0), aTask(20, BLUE, 5)),
            List.of(aHost("oak", 1)));

    assertThat(jobs(plan)).containsExactly(id(20));
    assertThat(plan.waits().getFirst().reason()).isEqualTo(WaitingReason.BUDGET);
    assertThat(plan.waits().getFirst().text())
        .isEqualTo("The team's budget needs 1.0 GPU-s more to start: raise it.");
  }

  @Test
  void theTeamsBudgetIsSpentOnceInOnePlan() {
    var plan =
        plan(
            List.of(new Team(RED, 1, 0, GpuTime.ofSeconds(700))),
            List.of(aTask(10, RED, 0), aTask(11, RED, 1), aTask(12, RED, 2)),
            List.of(aHost("oak", 3)));

    assertThat(plan.grants())
        .extracting(Grant::hold)
        .containsExactly(GpuTime.ofSeconds(630), GpuTime.ofSeconds(70));
    assertThat(plan.waits().getFirst().reason()).isEqualTo(WaitingReason.BUDGET);
  }

  @Test
  void aSmallCapHoldsAllThatItHas() {
    var task = withCap(aTask(10, RED, 0), GpuTime.ofSeconds(100));

    var plan = plan(List.of(new Team(RED, 1, 0, AMPLE)), List.of(task), List.of(aHost("oak", 1)));

    assertThat(plan.grants().getFirst().hold()).isEqualTo(GpuTime.ofSeconds(100));
  }

  @Test
  void aTaskStaysInItsPool() {
    var task = inPool(aTask(10, RED, 0), "H200");

    assertThat(reason(task, aHost("oak", 2))).isEqualTo(WaitingReason.NO_FITTING_SLOT);
    assertThat(
            plan(
                    List.of(new Team(RED, 1, 0, AMPLE)),
                    List.of(task),
                    List.of(aHost("oak", 2), aHost("elm", 2, "H200")))
                .grants()
                .getFirst()
                .host()
                .name())
        .isEqualTo("elm");
  }

  @Test
  void prefersAGpuWhereAnyPoolWillDo() {
    var plan =
        plan(
            List.of(new Team(RED, 1, 0, AMPLE)),
            List.of(aTask(10, RED, 0)),
            List.of(aHost("ash", 1), aHost("elm", 1, "H200")));

    assertThat(plan.grants().getFirst().host().name()).isEqualTo("elm");
  }

  @Test
  void namesTheDominantReasonOfHostsThatGiveNothing() {
    var task = aTask(10, RED, 0);
    var host = aHost("oak", 1);

    assertThat(reason(task)).isEqualTo(WaitingReason.NO_FITTING_SLOT);
    assertThat(reason(task, new Host(host.agent(), "oak", false, false, host.slots())))
        .isEqualTo(WaitingReason.AGENT_SILENT);
    assertThat(reason(task, new Host(host.agent(), "oak", true, true, host.slots())))
        .isEqualTo(WaitingReason.DRAINING);
    assertThat(reason(task, withSlots(host, slot -> new Slot(slot.id(), 0, "cpu", false, false))))
        .isEqualTo(WaitingReason.DRAINING);
    assertThat(reason(task, withSlots(host, slot -> new Slot(slot.id(), 0, "cpu", true, true))))
        .isEqualTo(WaitingReason.SLOTS_BUSY);
  }

  @RepeatedTest(200)
  void everyPlanIsSoundAndDoesNotDependOnTheOrderOfItsInputs(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var snapshot = anySnapshot(random);
    var plan = Planner.plan(snapshot);

    assertThat(
            Stream.concat(
                plan.grants().stream().map(grant -> grant.waiting().task()),
                plan.waits().stream().map(wait -> wait.waiting().task())))
        .as("each waiting task has a slot or a reason")
        .containsExactlyInAnyOrderElementsOf(
            snapshot.waiting().stream().map(Waiting::task).toList());
    assertThat(plan.grants()).extracting(grant -> grant.slot().id()).doesNotHaveDuplicates();
    assertThat(plan.grants())
        .allSatisfy(grant -> {
          assertThat(grant.host().live()).isTrue();
          assertThat(grant.host().draining()).isFalse();
          assertThat(grant.host().slots()).contains(grant.slot());
          assertThat(grant.slot().usable()).isTrue();
          assertThat(grant.slot().busy()).isFalse();
          assertThat(grant.waiting().pool()).isIn(null, grant.slot().pool());
          assertThat(grant.hold()).isBetween(grant.waiting().need(), TERMS.fullHold(1));
          assertThat(grant.hold()).isLessThanOrEqualTo(grant.waiting().capFree());
        });
    var held = new HashMap<UUID, GpuTime>();
    plan.grants().forEach(g -> held.merge(g.waiting().team(), g.hold(), GpuTime::plus));
    for (var team : snapshot.teams()) {
      assertThat(held.getOrDefault(team.id(), GpuTime.ZERO)).isLessThanOrEqualTo(team.free());
    }
    assertNoFundableTaskWaitsBesideAFreeSlot(snapshot, plan);
    assertThat(Planner.plan(shuffled(snapshot, random))).isEqualTo(plan);
  }

  @RepeatedTest(100)
  void noTeamGetsASlotThatIsTheTurnOfAnotherWithASmallerShare(RepetitionInfo repetition) {
    var random = new Random(1000 + repetition.getCurrentRepetition());
    var teams =
        List.of(
            new Team(RED, 1 + random.nextInt(4), random.nextInt(5), AMPLE),
            new Team(BLUE, 1 + random.nextInt(4), random.nextInt(5), AMPLE));
    var tasks = new ArrayList<Waiting>();
    for (int i = 0; i < 12; i++) {
      tasks.add(aTask(100 + i, i % 2 == 0 ? RED : BLUE, random.nextInt(1000)));
    }
    int free = 1 + random.nextInt(8);
    var plan = plan(teams, tasks, List.of(aHost("oak", free)));

    var slots = new HashMap<UUID, Integer>();
    teams.forEach(team -> slots.put(team.id(), team.liveSlots()));
    for (var grant : plan.grants()) {
      for (var team : teams) {
        boolean waits =
            plan.waits().stream().anyMatch(wait -> wait.waiting().team().equals(team.id()));
        if (!waits) continue;
        assertThat(share(teams, slots, grant.waiting().team()))
            .isLessThanOrEqualTo(share(teams, slots, team.id()));
      }
      slots.merge(grant.waiting().team(), 1, Integer::sum);
    }
    assertThat(plan.grants()).hasSize(free);
  }

  private static double share(List<Team> teams, Map<UUID, Integer> slots, UUID id) {
    var team = teams.stream().filter(t -> t.id().equals(id)).findFirst().orElseThrow();
    return (double) slots.getOrDefault(id, 0) / team.weight();
  }

  private static void assertNoFundableTaskWaitsBesideAFreeSlot(Snapshot snapshot, Plan plan) {
    var taken = plan.grants().stream().map(grant -> grant.slot().id()).toList();
    var free =
        snapshot.hosts().stream()
            .filter(host -> host.live() && !host.draining())
            .flatMap(host -> host.slots().stream())
            .filter(slot -> slot.usable() && !slot.busy() && !taken.contains(slot.id()))
            .map(Slot::pool)
            .toList();
    assertThat(plan.waits())
        .filteredOn(wait -> wait.reason() != WaitingReason.BUDGET)
        .allSatisfy(wait -> {
          var pool = wait.waiting().pool();
          assertThat(pool == null ? !free.isEmpty() : free.contains(pool)).isFalse();
        });
  }

  private static Snapshot anySnapshot(Random random) {
    var teams =
        IntStream.range(1, 2 + random.nextInt(4))
            .mapToObj(i ->
                new Team(
                    id(i),
                    1 + random.nextInt(3),
                    random.nextInt(4),
                    GpuTime.ofSeconds(random.nextInt(3000))))
            .toList();
    var tasks = new ArrayList<Waiting>();
    for (int i = 0; i < random.nextInt(25); i++) {
      var team = teams.get(random.nextInt(teams.size()));
      var task = aTask(100 + i, team.id(), random.nextInt(100));
      task = withCap(task, GpuTime.ofSeconds(random.nextInt(2000)));
      tasks.add(random.nextBoolean() ? task : inPool(task, random.nextBoolean() ? "cpu" : "H200"));
    }
    var hosts = new ArrayList<Host>();
    for (int i = 0; i < random.nextInt(5); i++) {
      int host = i;
      var pool = random.nextBoolean() ? "cpu" : "H200";
      var slots =
          IntStream.range(0, 1 + random.nextInt(4))
              .mapToObj(index ->
                  new Slot(
                      id(10_000 + 100 * host + index),
                      index,
                      pool,
                      random.nextInt(5) > 0,
                      random.nextInt(3) == 0))
              .toList();
      boolean live = random.nextInt(5) > 0;
      hosts.add(new Host(id(900 + i), "h" + i, live, random.nextInt(5) == 0, slots));
    }
    return new Snapshot(TERMS, teams, tasks, hosts);
  }

  private static Snapshot shuffled(Snapshot snapshot, Random random) {
    var teams = new ArrayList<>(snapshot.teams());
    var tasks = new ArrayList<>(snapshot.waiting());
    var hosts = new ArrayList<>(snapshot.hosts());
    Collections.shuffle(teams, random);
    Collections.shuffle(tasks, random);
    Collections.shuffle(hosts, random);
    return new Snapshot(TERMS, teams, tasks, hosts);
  }

  private static Plan plan(List<Team> teams, List<Waiting> tasks, List<Host> hosts) {
    return Planner.plan(new Snapshot(TERMS, teams, tasks, hosts));
  }

  private static WaitingReason reason(Waiting task, Host... hosts) {
    var plan = plan(List.of(new Team(RED, 1, 0, AMPLE)), List.of(task), List.of(hosts));
    assertThat(plan.grants()).isEmpty();
    return plan.waits().getFirst().reason();
  }

  private static List<UUID> jobs(Plan plan) {
    return plan.grants().stream().map(grant -> grant.waiting().job()).toList();
  }

  /** Submitted so many minutes after Monday morning. */
  private static Waiting aTask(int number, UUID team, int minute) {
    return new Waiting(
        id(5000 + number),
        1,
        id(number),
        1,
        team,
        TaskKind.TRAIN,
        false,
        null,
        NEED,
        AMPLE,
        MONDAY.plus(Duration.ofMinutes(minute)));
  }

  private static Waiting withCap(Waiting task, GpuTime cap) {
    return copy(task, task.pool(), cap);
  }

  private static Waiting inPool(Waiting task, String pool) {
    return copy(task, pool, task.capFree());
  }

  private static Waiting copy(Waiting task, @Nullable String pool, GpuTime cap) {
    return new Waiting(
        task.task(),
        task.taskVersion(),
        task.job(),
        task.jobVersion(),
        task.team(),
        task.kind(),
        task.parked(),
        pool,
        task.need(),
        cap,
        task.submittedAt());
  }

  private static Host aHost(String name, int slots) {
    return aHost(name, slots, "cpu");
  }

  private static Host aHost(String name, int slots, String pool) {
    return new Host(
        UUID.nameUUIDFromBytes(name.getBytes(UTF_8)),
        name,
        true,
        false,
        IntStream.range(0, slots)
            .mapToObj(index ->
                new Slot(
                    UUID.nameUUIDFromBytes((name + index).getBytes(UTF_8)),
                    index,
                    pool,
                    true,
                    false))
            .toList());
  }

  private static Host withSlots(Host host, UnaryOperator<Slot> change) {
    return new Host(
        host.agent(), host.name(), true, false, host.slots().stream().map(change).toList());
  }

  private static UUID id(int number) {
    return new UUID(0, number);
  }
}
