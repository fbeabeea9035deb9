package io.espalier.orchestrator.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.budget.Period;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.audit.AuditFilter;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

class BudgetsTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();

  @AfterEach
  void everythingHoldsWhateverHappened() {
    platform.assertInvariants();
  }

  // ── Transfers, overdraft ──────────────────────────────────────────────────────────────────────

  @Test
  void aTransferTakesFromOneTeamWhatItGivesToTheOther() {
    var other = platform.team("blue", GpuTime.ZERO);
    platform.budgets.credit(platform.admin, team.id, Amount.of(Money.of(7)), "money too", null);

    var after =
        platform.budgets.transfer(
            platform.admin,
            team.id,
            other.id,
            new Amount(GpuTime.ofHours(4), Money.of(2)),
            "for the summer");

    assertThat(after.free()).isEqualTo(GpuTime.ofHours(6));
    assertThat(after.money().free()).isEqualTo(Money.of(5));
    var taken = platform.budgets.ofTeam(other.member, other.id);
    assertThat(taken.free()).isEqualTo(GpuTime.ofHours(4));
    assertThat(taken.money().free()).isEqualTo(Money.of(2));
    assertThat(platform.budgets.entries(other.member, other.id, PageRequest.first(5)).items())
        .extracting(TeamEntry::kind, TeamEntry::reason)
        .containsExactly(tuple(EntryKind.TRANSFER_IN, "for the summer"));
  }

  @Test
  void nobodyGivesAwayWhatIsHeldOrWhatIsNotTheirs() {
    var other = platform.team("blue", GpuTime.ofHours(1));
    platform.agent("oak", 1);
    team.submit();
    platform.planning.tick();

    assertThatThrownBy(() ->
            platform.budgets.transfer(
                platform.admin, team.id, other.id, Amount.of(GpuTime.ofHours(10)), "all of it"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("Only what is neither held nor spent can be given away.");
    assertThatThrownBy(() ->
            platform.budgets.transfer(
                team.owner, other.id, team.id, Amount.of(GpuTime.ofHours(1)), "mine"))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() ->
            platform.budgets.transfer(
                platform.admin, team.id, team.id, Amount.of(GpuTime.ofHours(1)), "a circle"))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() ->
            platform.budgets.transfer(
                platform.admin, team.id, UUID.randomUUID(), Amount.of(GpuTime.ofHours(1)), "?"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("There is no such team");
    assertThat(platform.budgets.ofTeam(other.member, other.id).free())
        .isEqualTo(GpuTime.ofHours(1));
  }

  @Test
  void anOwnerOfBothTeamsMayMoveBudgetBetweenThem() {
    var other = platform.team("blue", GpuTime.ofHours(1));
    var both =
        new Principal(
            team.owner.userId(),
            team.owner.login(),
            "Both",
            false,
            Map.of(team.id, Role.OWNER, other.id, Role.OWNER));

    platform.budgets.transfer(both, other.id, team.id, Amount.of(GpuTime.ofHours(1)), "merged");

    assertThat(platform.budgets.ofTeam(team.member, team.id).free()).isEqualTo(GpuTime.ofHours(11));
  }

  @Test
  void anOverdraftIsGrantedByAdminsWithAReasonAndNotTakenBackWhileItIsUsed() {
    var poor = platform.team("poor", GpuTime.ofSeconds(10));
    platform.agent("oak", 1);
    assertThatThrownBy(() ->
            platform.budgets.setOverdraft(
                poor.owner, poor.id, Amount.of(GpuTime.ofHours(1)), "please"))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() ->
            platform.budgets.setOverdraft(
                platform.admin, poor.id, Amount.of(GpuTime.ofHours(1)), " "))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("reason");

    var granted =
        platform.budgets.setOverdraft(
            platform.admin, poor.id, Amount.of(GpuTime.ofHours(1)), "until the invoice is paid");
    assertThat(granted.overdraft()).isEqualTo(GpuTime.ofHours(1));
    assertThat(granted.free()).isEqualTo(GpuTime.ofSeconds(3610));
    poor.submit();
    platform.planning.tick();
    assertThat(platform.count("lease")).isEqualTo(1);

    assertThatThrownBy(
            () -> platform.budgets.setOverdraft(platform.admin, poor.id, Amount.NOTHING, "enough"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("already uses more");
    assertThat(platform.audit.page(platform.admin, AuditFilter.ALL, PageRequest.first(20)).items())
        .extracting(Audit.Entry::action)
        .contains("set overdraft");
  }

  @Test
  void theDatabaseItselfRefusesToBeOverdrawnInEitherUnit() {
    assertThatThrownBy(
            () -> platform.sql("update budget_account set held = funded + 1 where job_id is null"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("never_overdrawn");
    assertThatThrownBy(
            () -> platform.sql("update budget_account set money_spent = 1 where job_id is null"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("money_never_overdrawn");
  }

  // ── Periods ───────────────────────────────────────────────────────────────────────────────────

  @Test
  void aPeriodBeginsWithItsAllowanceAndEndsWithWhatIsCarriedOver() {
    var monthly = platform.team("monthly", GpuTime.ZERO);
    var rule = new Period(Period.Length.MONTH, new Amount(GpuTime.ofHours(100), Money.of(10)), 25);
    var first = platform.budgets.setPeriod(platform.admin, monthly.id, rule);
    assertThat(first.free()).isEqualTo(GpuTime.ofHours(100));
    assertThat(first.period()).isNotNull();
    assertThat(first.period().rule()).isEqualTo(rule);
    assertThat(platform.periods.tick()).as("it has just begun").isZero();

    monthsPass(1);
    assertThat(platform.periods.tick()).isEqualTo(1);
    assertThat(platform.periods.tick()).as("a double beat").isZero();

    var second = platform.budgets.ofTeam(monthly.member, monthly.id);
    assertThat(second.free()).isEqualTo(GpuTime.ofHours(125));
    assertThat(second.money().free()).isEqualTo(Money.of(12.5));
    assertThat(platform.budgets.entries(monthly.member, monthly.id, PageRequest.first(5)).items())
        .extracting(TeamEntry::kind)
        .containsExactly(EntryKind.CREDIT, EntryKind.EXPIRY, EntryKind.CREDIT);
  }

  @Test
  void periodsThatWereMissedAreMadeUpForOneAfterTheOther() {
    var monthly = platform.team("monthly", GpuTime.ZERO);
    platform.budgets.setPeriod(
        platform.admin,
        monthly.id,
        new Period(Period.Length.MONTH, Amount.of(GpuTime.ofHours(100)), 100));

    monthsPass(3);

    assertThat(platform.periods.tick()).isEqualTo(3);
    assertThat(platform.budgets.ofTeam(monthly.member, monthly.id).free())
        .isEqualTo(GpuTime.ofHours(400));
  }

  @Test
  void theEndOfAPeriodTakesNothingFromWhatRuns() {
    platform.budgets.setPeriod(
        platform.admin, team.id, new Period(Period.Length.WEEK, Amount.NOTHING, 0));
    platform.agent("oak", 1);
    team.submit();
    platform.planning.tick();

    monthsPass(1);
    platform.periods.tick();

    var budget = platform.budgets.ofTeam(team.member, team.id);
    assertThat(budget.free()).isEqualTo(GpuTime.ZERO);
    assertThat(budget.held()).isEqualTo(TestPlatform.TERMS.fullHold(1));
  }

  @Test
  void aNewRuleCountsFromTheEndOfThePresentPeriodOn() {
    var rule = new Period(Period.Length.MONTH, Amount.of(GpuTime.ofHours(1)), 0);
    var before = platform.budgets.setPeriod(platform.admin, team.id, rule);
    var more = new Period(Period.Length.MONTH, Amount.of(GpuTime.ofHours(2)), 50);

    var after = platform.budgets.setPeriod(platform.admin, team.id, more);

    assertThat(after.free()).isEqualTo(before.free());
    assertThat(after.period()).isNotNull();
    assertThat(after.period().endsAt()).isEqualTo(before.period().endsAt());
    assertThat(platform.budgets.endPeriod(platform.admin, team.id).period()).isNull();
    assertThatThrownBy(() -> platform.budgets.setPeriod(team.owner, team.id, more))
        .isInstanceOf(Refused.class);
  }

  // ── Money ─────────────────────────────────────────────────────────────────────────────────────

  @Test
  void aLeaseIsChargedAtTheRateOfItsGrantAndTheNextAtTheNewOne() {
    var agent = platform.agent("oak", 1);
    platform.rates.set(platform.admin, "cpu", Money.of(36), "a first rate");
    fund(team, 100);
    var job = team.submit();
    platform.planning.tick();
    var profile = agent.startOnlyLease();
    platform.rates.set(platform.admin, "cpu", Money.of(72), "dearer from June on");
    platform.letTimePass(Duration.ofSeconds(60));
    profile.profiled();

    var cost = platform.budgets.ofJob(team.member, job);
    var ofProfile = cost.money().spent();
    assertThat(ofProfile.units()).isBetween(0.6, 0.7);
    assertThat(cost.money().cap()).as("no limit of its own").isNull();

    platform.planning.tick();
    var training = agent.startOnlyLease();
    platform.letTimePass(Duration.ofSeconds(60));
    training.trained();
    assertThat(platform.budgets.ofJob(team.member, job).money().spent().minus(ofProfile).units())
        .isBetween(1.2, 1.4);
    assertThat(platform.budgets.ofTeam(team.member, team.id).money().spent())
        .isEqualTo(platform.budgets.ofJob(team.member, job).money().spent());
    assertThat(platform.rates.history("cpu"))
        .extracting(Rates.Version::version, Rates.Version::perHour)
        .containsExactly(tuple(2, Money.of(72)), tuple(1, Money.of(36)));
  }

  @Test
  void aLeaseParksWhereTheMoneyEndsAndGoesOnWhenThereIsMore() {
    var agent = platform.agent("oak", 1);
    platform.rates.set(platform.admin, "cpu", Money.of(3.6), "a thousandth a second");
    fund(team, 0.9);
    var job = team.submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    assertThat(keepRunningUntilTold(agent, trainer)).isEqualTo(Wish.YIELD);
    trainer.checkpoint(60);
    trainer.yielded(60);

    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.PAUSED);
    var budget = platform.budgets.ofTeam(team.member, team.id);
    assertThat(budget.money().spent()).isLessThanOrEqualTo(Money.of(0.9));
    assertThat(budget.money().spent()).isGreaterThan(Money.of(0.84));
    assertThat(budget.warning()).as("money is nearly used up, time is not").isEqualTo(95);
    platform.planning.tick();
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.PAUSED);

    fund(team, 5);
    platform.planning.tick();
    assertThat(platform.jobs.get(team.member, job).state()).isEqualTo(JobState.TRAINING);
    assertThat(agent.desired()).hasSize(1);
  }

  @Test
  void twoSubmittersRaceForTheLastMoneyAndOneOfThemWaitsWithTheReason() throws Exception {
    platform.agent("oak", 2);
    platform.rates.set(platform.admin, "cpu", Money.of(3.6), "a thousandth a second");
    fund(team, 0.1);
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (var submitted :
          threads.invokeAll(
              Collections.nCopies(2, (Callable<UUID>) () -> team.submit(GpuTime.ofSeconds(100))))) {
        submitted.get();
      }
      var plans = Collections.nCopies(4, (Callable<Object>) platform.planning::tick);
      for (var planned : threads.invokeAll(plans)) planned.get();
    }
    platform.planning.tick();

    assertThat(platform.count("lease")).isEqualTo(1);
    assertThat(platform.budgets.ofTeam(team.member, team.id).money().held())
        .isEqualTo(Money.of(0.1));
    var waiting =
        platform
            .jobs
            .list(
                team.member, new JobFilter(team.id, Set.of(JobState.QUEUED)), PageRequest.first(9))
            .items();
    assertThat(waiting).hasSize(1);
    assertThat(waiting.getFirst().whyWaiting()).isNotNull();
    assertThat(waiting.getFirst().whyWaiting().reason()).isEqualTo(WaitingReason.BUDGET);
    assertThat(waiting.getFirst().whyWaiting().sentence())
        .startsWith("The team's budget needs ")
        .contains(" of money more to start");
  }

  @Test
  void onlyAdminsSetRatesAndOnlyForPoolsThatThereAre() {
    platform.agent("oak", 1);

    assertThatThrownBy(() -> platform.rates.set(team.owner, "cpu", Money.of(1), "mine"))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.rates.set(platform.admin, "tpu", Money.of(1), "none"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("There is no such pool");
    assertThatThrownBy(() -> platform.rates.set(platform.admin, "cpu", Money.of(-1), "less"))
        .isInstanceOf(Refused.class);
    assertThat(platform.rates.list()).containsExactly(new Rates.PoolPrice("cpu", 0, Money.ZERO));
  }

  // ── Who pays for what ─────────────────────────────────────────────────────────────────────────

  @Test
  void aFaultOfThePlatformIsBilledUntilTheLastCheckpointOnly() {
    var agent = platform.agent("oak", 1);
    var job = training(agent);
    var before = spent(job);
    var trainer = agent.startOnlyLease();
    keepRunning(trainer, Duration.ofMinutes(2));
    trainer.checkpoint(10);
    keepRunning(trainer, Duration.ofMinutes(12));
    assertThat(spent(job).minus(before))
        .as("slices are settled")
        .isGreaterThan(GpuTime.ofSeconds(600));

    trainer.failed(FailureReason.LOST);

    platform.assertCharged(spent(job).minus(before), 120);
    assertThat(platform.budgets.ofJob(team.member, job).entries())
        .extracting(BudgetEntry::kind)
        .contains(EntryKind.REFUND);
  }

  @Test
  void anErrorOfTheUserIsBilledToTheEnd() {
    var agent = platform.agent("oak", 1);
    var job = training(agent);
    var before = spent(job);
    var trainer = agent.startOnlyLease();
    keepRunning(trainer, Duration.ofMinutes(2));

    trainer.failed(FailureReason.DIVERGED);

    platform.assertCharged(spent(job).minus(before), 120);
  }

  private UUID training(SimulatedAgent agent) {
    var job = team.submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    return job;
  }

  private GpuTime spent(UUID job) {
    return platform.jobs.get(team.member, job).spent();
  }

  private void keepRunning(SimulatedAgent.Trainer trainer, Duration time) {
    for (long s = 0; s < time.toSeconds(); s += 30) {
      platform.letTimePass(Duration.ofSeconds(30));
      trainer.heartbeat();
    }
  }

  private Wish keepRunningUntilTold(SimulatedAgent agent, SimulatedAgent.Trainer trainer) {
    for (int i = 0; i < 200; i++) {
      platform.letTimePass(Duration.ofSeconds(10));
      trainer.heartbeat();
      var wish = agent.desired().getFirst().wish();
      if (wish != Wish.RUN) return wish;
    }
    return Wish.RUN;
  }

  private void fund(TestPlatform.Team one, double money) {
    platform.budgets.credit(platform.admin, one.id, Amount.of(Money.of(money)), "money", null);
  }

  private void monthsPass(int months) {
    platform.sql(
        """
        update budget_period
        set began_at = began_at - make_interval(months => ?, mins => 1),
            ends_at = ends_at - make_interval(months => ?, mins => 1)
        """,
        months,
        months);
  }
}
