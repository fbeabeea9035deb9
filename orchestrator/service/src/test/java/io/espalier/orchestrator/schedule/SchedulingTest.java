package io.espalier.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.StartWindow;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.job.Scheduling;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What admins and members may set, from the request to the grant. */
class SchedulingTest {

  private static final Duration HOUR = Duration.ofHours(1);

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team red = platform.team("red", GpuTime.ofHours(100));
  private final TestPlatform.Team blue = platform.team("blue", GpuTime.ofHours(100));

  @Test
  void aCeilingHoldsUntilAnAdminRaisesIt() {
    platform.agent("oak", 2);
    platform.quotas.set(platform.admin, red.id, "cpu", 1, 0, 1);
    red.submit(inPool("cpu"));
    var second = red.submit(inPool("cpu"));

    platform.planning.tick();
    assertThat(reason(red, second)).isEqualTo(WaitingReason.CEILING);

    platform.quotas.set(platform.admin, red.id, "cpu", 1, 0, null);
    platform.planning.tick();
    assertThat(state(red, second)).isEqualTo(JobState.PROFILING);
    platform.assertInvariants();
  }

  @Test
  void aGuaranteeTakesBackWhatWasLentAndTheVictimWaitsAtItsOldPlace() {
    var agent = platform.agent("oak", 1);
    platform.quotas.set(platform.admin, red.id, "cpu", 1, 1, null);
    var lent = blue.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    var claim = red.submit();

    platform.planning.tick();
    assertThat(reason(red, claim)).isEqualTo(WaitingReason.PREEMPTING);
    assertThat(agent.desired().getFirst().wish()).isEqualTo(Wish.YIELD);
    trainer.yielded(0);
    platform.planning.tick();

    assertThat(state(red, claim)).isEqualTo(JobState.PROFILING);
    platform.planning.tick();
    assertThat(reason(blue, lent)).isEqualTo(WaitingReason.SLOTS_BUSY);
    assertThat(platform.count("task where preemptions = 1")).isEqualTo(1);
    platform.assertInvariants();
  }

  @Test
  void guaranteesMustFitIntoTheirPool() {
    platform.agent("oak", 2);
    platform.quotas.set(platform.admin, red.id, "cpu", 1, 2, null);

    assertThatThrownBy(() -> platform.quotas.set(platform.admin, blue.id, "cpu", 1, 1, null))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("must fit into its slots");
    assertThatThrownBy(() -> platform.quotas.set(red.owner, red.id, "cpu", 1, 2, null))
        .hasMessageContaining("Only platform admins");
    assertThat(platform.quotas.list(platform.admin)).hasSize(2);
    assertThat(platform.quotas.list(blue.member))
        .extracting(TeamQuota::teamName)
        .containsOnly("blue");
  }

  @Test
  void aGangGetsAllItsSlotsOnOneHostAndPaysForThem() {
    platform.agent("ash", 1);
    var oak = platform.agent("oak", 2);
    var job =
        red.submit(new Scheduling(PriorityClass.NORMAL, 2, List.of(), null, null, null, null));

    platform.planning.tick();

    assertThat(oak.desired()).singleElement().satisfies(l -> assertThat(l.slots()).hasSize(2));
    assertThat(platform.jobs.get(red.member, job).held()).isEqualTo(TestPlatform.TERMS.fullHold(2));
    platform.assertInvariants();
  }

  @Test
  void anUrgentJobGoesFirstAndLabelsChooseTheHost() {
    var oak = platform.agent("oak", 1);
    red.submit();
    var urgent =
        red.submit(
            new Scheduling(PriorityClass.URGENT, 1, List.of("fast"), null, null, null, null));

    platform.planning.tick();
    assertThat(reason(red, urgent)).isEqualTo(WaitingReason.NO_FITTING_SLOT);

    platform.slotCare.label(platform.admin, oak.id, List.of("fast"));
    oak.startOnlyLease().profiled();
    platform.planning.tick();
    assertThat(state(red, urgent)).isEqualTo(JobState.PROFILING);
  }

  @Test
  void notBeforeAndStartWindowsAreKept() {
    platform.agent("oak", 2);
    var later = Instant.now().plus(HOUR);
    var shut = Instant.now().atZone(ZoneOffset.UTC).plusHours(2).toLocalTime();
    var window =
        new StartWindow(EnumSet.allOf(DayOfWeek.class), shut, shut.plusHours(1), ZoneOffset.UTC);
    var job =
        red.submit(new Scheduling(PriorityClass.NORMAL, 1, List.of(), null, later, null, null));
    var nightly =
        red.submit(new Scheduling(PriorityClass.NORMAL, 1, List.of(), null, null, window, null));

    platform.planning.tick();
    assertThat(reason(red, job)).isEqualTo(WaitingReason.START_WINDOW);
    assertThat(reason(red, nightly)).isEqualTo(WaitingReason.START_WINDOW);
    assertThat(platform.outlooks.of(red.member, job))
        .get()
        .satisfies(outlook -> assertThat(outlook.start()).isNotNull());

    platform.sql("update task set opens_at = opens_at - interval '4 hours'");
    platform.planning.tick();
    assertThat(state(red, job)).isEqualTo(JobState.PROFILING);
    assertThat(state(red, nightly)).isEqualTo(JobState.PROFILING);
  }

  @Test
  void aWindowThatHasClosedOpensAgainAtItsNextTime() {
    var open = LocalTime.MIDNIGHT;
    var always = new StartWindow(EnumSet.allOf(DayOfWeek.class), open, open, ZoneOffset.UTC);
    platform.agent("oak", 1);
    var job =
        red.submit(new Scheduling(PriorityClass.NORMAL, 1, List.of(), null, null, always, null));
    platform.sql("update task set opens_at = now() - interval '2 days', closes_at = now()");

    platform.planning.tick();

    assertThat(state(red, job)).isEqualTo(JobState.PROFILING);
  }

  @Test
  void aJobThatMissesItsDeadlineEndsAndItsTrainerStops() {
    var agent = platform.agent("oak", 1);
    var job =
        red.submit(
            new Scheduling(
                PriorityClass.NORMAL, 1, List.of(), null, null, null, Instant.now().plus(HOUR)));
    platform.planning.tick();
    agent.startOnlyLease();
    assertThat(platform.deadlines.tick()).isZero();

    platform.sql("update job set deadline = now() - interval '1 second'");
    assertThat(platform.deadlines.tick()).isEqualTo(1);

    var view = platform.jobs.get(red.member, job);
    assertThat(view.state()).isEqualTo(JobState.FAILED);
    assertThat(view.failureReason()).isEqualTo(FailureReason.DEADLINE);
    assertThat(agent.desired().getFirst().wish()).isEqualTo(Wish.STOP);
    assertThat(platform.deadlines.tick()).isZero();
    platform.assertInvariants();
  }

  @Test
  void aMaintenanceEmptiesItsHostAndKeepsItEmpty() {
    var agent = platform.agent("oak", 1);
    var job = red.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    var rest =
        platform.maintenances.plan(
            platform.admin, Instant.now(), Instant.now().plus(HOUR), agent.id, null, "new fans");

    platform.planning.tick();
    assertThat(agent.desired().getFirst().wish()).isEqualTo(Wish.YIELD);
    trainer.yielded(0);
    platform.planning.tick();
    assertThat(reason(red, job)).isEqualTo(WaitingReason.MAINTENANCE);

    platform.maintenances.cancel(platform.admin, rest.id());
    platform.planning.tick();
    assertThat(state(red, job)).isEqualTo(JobState.PROFILING);
    assertThat(platform.maintenances.list()).isEmpty();
  }

  @Test
  void aDisabledSlotIsEmptiedAndAQuarantinedOneWaitsForAnAdmin() {
    var agent = platform.agent("oak", 1);
    var job = red.submit();
    platform.planning.tick();
    platform.slotCare.setEnabled(platform.admin, agent.id, 0, false);
    platform.planning.tick();
    agent.startOnlyLease().yielded(0);
    platform.planning.tick();
    assertThat(reason(red, job)).isEqualTo(WaitingReason.DISABLED);

    platform.slotCare.setEnabled(platform.admin, agent.id, 0, true);
    platform.sql("update slot set quarantined_at = now(), quarantine_reason = 'ECC'");
    platform.planning.tick();
    assertThat(reason(red, job)).isEqualTo(WaitingReason.QUARANTINED);

    platform.slotCare.release(platform.admin, agent.id, 0);
    platform.planning.tick();
    assertThat(state(red, job)).isEqualTo(JobState.PROFILING);
  }

  @Test
  void aQueueOfThousandsThatCannotStartHidesNobody() {
    platform.agent("oak", 1);
    var first = red.submit();
    platform.sql(
        """
        insert into job select (jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid(),
          'submitted_at', j.submitted_at - interval '1 day'))).*
        from job j, generate_series(1, 2000)
        """);
    platform.sql(
        """
        insert into budget_account (team_id, job_id) select team_id, id from job
        where id not in (select job_id from budget_account where job_id is not null)
        """);
    platform.sql(
        """
        insert into task select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
          'job_id', j.id, 'place', j.submitted_at))).*
        from task t, job j where t.job_id <> j.id
        """);

    platform.planning.tick();

    assertThat(state(red, first)).isEqualTo(JobState.PROFILING);
  }

  @Test
  void tellsWhereAJobStandsAndWhenItWillStart() {
    platform.agent("oak", 1);
    red.submit();
    platform.planning.tick();
    var second = red.submit();
    red.submit();
    var third = red.submit();
    platform.planning.tick();

    var next = platform.outlooks.of(red.member, second).orElseThrow();
    var last = platform.outlooks.of(red.member, third).orElseThrow();

    assertThat(next.reason()).isEqualTo(WaitingReason.SLOTS_BUSY);
    assertThat(next.position()).isEqualTo(1);
    assertThat(last.reason()).isEqualTo(WaitingReason.BEHIND);
    assertThat(last.position()).isEqualTo(3);
    assertThat(next.start()).isNotNull();
    assertThat(last.start()).isNotNull();
    assertThat(next.start().high()).isAfterOrEqualTo(next.start().median());
    assertThat(last.start().median()).isAfter(next.start().median());
    assertThatThrownBy(() -> platform.outlooks.of(blue.member, second))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("no such job");
  }

  @Test
  void aJobFarBackInItsQueueHasAnOutlookToo() {
    platform.agent("oak", 1);
    UUID last = red.submit();
    for (int i = 0; i < 20; i++) last = red.submit();
    platform.planning.tick();

    var outlook = platform.outlooks.of(red.member, last).orElseThrow();

    assertThat(outlook.reason()).isEqualTo(WaitingReason.BEHIND);
    assertThat(outlook.position()).isEqualTo(20);
  }

  private static Scheduling inPool(String pool) {
    return new Scheduling(PriorityClass.NORMAL, 1, List.of(), pool, null, null, null);
  }

  private JobState state(TestPlatform.Team team, UUID job) {
    return platform.jobs.get(team.member, job).state();
  }

  private @Nullable WaitingReason reason(TestPlatform.Team team, UUID job) {
    var why = platform.jobs.get(team.member, job).whyWaiting();
    return why == null ? null : why.reason();
  }
}
