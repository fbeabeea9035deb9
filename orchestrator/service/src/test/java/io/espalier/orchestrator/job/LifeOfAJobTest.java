package io.espalier.orchestrator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.StartWindow;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Desired.Wish;
import io.espalier.domain.wire.Events.Outcome;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.audit.AuditFilter;
import io.espalier.orchestrator.page.PageRequest;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LifeOfAJobTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();

  @AfterEach
  void everythingHoldsWhateverHappened() {
    platform.assertInvariants();
  }

  @Test
  void runsFromASubmissionToAModel() {
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    assertThat(state(job)).isEqualTo(JobState.QUEUED);

    platform.planning.tick();
    var profile = agent.startOnlyLease();
    assertThat(state(job)).isEqualTo(JobState.PROFILING);
    assertThat(profile.lease.task().work()).isInstanceOf(TaskSpec.Profile.class);
    assertThat(profile.lease.task().inputs())
        .extracting(NamedBlob::name)
        .containsExactly("dataset", "model/config.json", "model/model.safetensors");
    profile.started();
    platform.letTimePass(Duration.ofSeconds(20));
    assertThat(profile.profiled().outcome()).isEqualTo(Outcome.ENDED);

    assertThat(state(job)).isEqualTo(JobState.TRAINING);
    var view = platform.jobs.get(team.member, job);
    assertThat(view.decision()).isNotNull();
    assertThat(view.training()).isEqualTo(view.decision().chosen());
    platform.planning.tick();
    var train = agent.startOnlyLease();
    assertThat(((TaskSpec.Train) train.lease.task().work()).training()).isEqualTo(view.training());
    train.started();
    train.metric(1, 0.7);
    train.metric(2, 0.5);
    train.checkpoint(2);
    platform.letTimePass(Duration.ofSeconds(60));
    train.trained();

    assertThat(state(job)).isEqualTo(JobState.EVALUATING);
    platform.planning.tick();
    var evaluate = agent.startOnlyLease();
    assertThat(evaluate.lease.task().inputs())
        .extracting(NamedBlob::name)
        .contains("trained/weights.safetensors");
    platform.letTimePass(Duration.ofSeconds(10));
    evaluate.evaluated();

    var done = platform.jobs.get(team.member, job);
    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(done.result()).isNotNull();
    assertThat(done.result().after()).isEqualTo(0.9);
    assertThat(done.running()).isNull();
    assertThat(done.held()).isEqualTo(GpuTime.ZERO);
    platform.assertCharged(done.spent(), 90);
    assertThat(platform.budgets.ofTeam(team.member, team.id).spent()).isEqualTo(done.spent());
    assertThat(platform.jobs.artifacts(team.member, job))
        .extracting(Artifact::kind)
        .containsExactly(ArtifactKind.WEIGHTS, ArtifactKind.MERGED_MODEL);
    assertThat(platform.jobs.timeline(team.member, job))
        .extracting(Transition::to)
        .containsExactly(
            JobState.QUEUED,
            JobState.PROFILING,
            JobState.TRAINING,
            JobState.EVALUATING,
            JobState.SUCCEEDED);
    assertThat(platform.jobs.curves(team.member, job).series().getFirst().points())
        .extracting(Curves.Point::value)
        .containsExactly(0.7, 0.5);
    assertThat(platform.budgets.ofJob(team.member, job).mostHeld())
        .isEqualTo(TestPlatform.TERMS.fullHold(1));
  }

  @Test
  void severalSlotsOfAnAgentRunSeveralJobsAndOneEndLeavesTheOthers() {
    var agent = platform.agent("oak", 2);
    var one = team.submit();
    var other = team.submit();
    platform.planning.tick();
    var leases = agent.desired();
    assertThat(leases).hasSize(2);
    assertThat(leases.stream().flatMap(lease -> lease.slots().stream()))
        .containsExactlyInAnyOrder(0, 1);

    agent.start(leases.getFirst()).failed(FailureReason.USER_ERROR);

    assertThat(List.of(state(one), state(other)))
        .containsExactlyInAnyOrder(JobState.FAILED, JobState.PROFILING);
    assertThat(agent.start(leases.getLast()).heartbeat().outcome()).isEqualTo(Outcome.ACCEPTED);
    assertThat(agent.desired()).hasSize(1);
  }

  @Test
  void refusesATinyBudgetNamingItAndLeavesNoTrace() {
    long entries = platform.count("budget_entry");

    assertThatThrownBy(() ->
            platform.jobs.submit(team.member, team.submission(GpuTime.ofHours(0.0001)), "key"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("budget cap of the job")
        .hasMessageContaining("0.4 GPU-s");

    assertThat(platform.count("job")).isZero();
    assertThat(platform.count("task")).isZero();
    assertThat(platform.count("job_transition")).isZero();
    assertThat(platform.count("budget_entry")).isEqualTo(entries);
    assertThat(platform.count("budget_account")).isEqualTo(1);
  }

  @Test
  void refusesWhatTheTeamCannotPayFor() {
    var poor = platform.team("poor", GpuTime.ofSeconds(3));

    assertThatThrownBy(poor::submit)
        .isInstanceOf(Refused.class)
        .hasMessageContaining("budget of team " + poor.id);
    assertThat(platform.jobs.preview(poor.member, poor.submission()).obstacles())
        .singleElement()
        .satisfies(problem -> assertThat(problem.value()).isEqualTo("3.0 GPU-s"));
  }

  @Test
  void answersARepeatedKeyWithTheFirstJobAndRefusesItForAnotherRequest() {
    var first = platform.jobs.submit(team.member, team.submission(), "again").id();

    assertThat(platform.jobs.submit(team.member, team.submission(), "again").id()).isEqualTo(first);
    assertThat(platform.count("job")).isEqualTo(1);
    assertThatThrownBy(
            () -> platform.jobs.submit(team.member, team.submission(GpuTime.ofHours(2)), "again"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("already come with another request");
  }

  @Test
  void answersARepeatedKeyWithItsJobThoughItWouldBeRefusedNow() {
    var first = platform.jobs.submit(team.member, team.submission(), "again");
    platform.sql("update dataset_version set test_samples = 0");

    assertThat(platform.jobs.submit(team.member, team.submission(), "again")).isEqualTo(first);
    assertThatThrownBy(() -> platform.jobs.submit(team.member, team.submission(), "new"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("too small to validate");
  }

  @Test
  void answersASubmissionWithTheJobAsItIsReadLater() {
    var later = Instant.now().plusSeconds(3600);
    var night =
        new StartWindow(
            Set.of(DayOfWeek.SUNDAY), LocalTime.of(22, 0), LocalTime.of(5, 0), ZoneOffset.UTC);
    var scheduling =
        new Scheduling(
            PriorityClass.URGENT, 2, List.of("fast"), null, later, night, later.plusSeconds(1));

    for (var submission : List.of(team.submission(), team.submission(scheduling))) {
      var answer = platform.jobs.submit(team.member, submission, null);
      assertThat(answer).isEqualTo(platform.jobs.get(team.member, answer.id()));
    }
  }

  @Test
  void hidesTheJobsOfOtherTeams() {
    var job = team.submit();
    var other = platform.team("blue", GpuTime.ofHours(1));

    assertThatThrownBy(() -> platform.jobs.get(other.member, job))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("There is no such job");
    assertThatThrownBy(() -> platform.jobs.cancel(other.member, job)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.jobs.curves(other.member, job)).isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.budgets.ofJob(other.member, job)).isInstanceOf(Refused.class);
    assertThat(platform.jobs.submit(other.member, other.submission(), "k").team())
        .isEqualTo(other.id);
  }

  @Test
  void aCancelledJobTellsItsTrainerToStopAndSettlesWhenItHas() {
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();

    platform.letTimePass(Duration.ofSeconds(10));
    assertThat(platform.jobs.cancel(team.member, job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(agent.desired().getFirst().wish()).isEqualTo(Wish.STOP);
    assertThat(platform.jobs.cancel(team.member, job).state()).isEqualTo(JobState.CANCELLED);

    assertThat(trainer.failed(FailureReason.LOST).outcome()).isEqualTo(Outcome.ENDED);
    assertThat(agent.desired()).isEmpty();
    var view = platform.jobs.get(team.member, job);
    assertThat(view.state()).isEqualTo(JobState.CANCELLED);
    assertThat(view.held()).isEqualTo(GpuTime.ZERO);
    platform.assertCharged(view.spent(), 10);
  }

  @Test
  void aWaitingJobIsCancelledAtOnce() {
    var job = team.submit();

    platform.jobs.cancel(team.member, job);

    platform.agent("oak", 1);
    platform.planning.tick();
    assertThat(platform.count("lease")).isZero();
  }

  @Test
  void aFailureOfTheTrainerFailsTheJobAndIsBilled() {
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    platform.letTimePass(Duration.ofSeconds(30));

    trainer.failed(FailureReason.USER_ERROR);

    var view = platform.jobs.get(team.member, job);
    assertThat(view.state()).isEqualTo(JobState.FAILED);
    assertThat(view.failureReason()).isEqualTo(FailureReason.USER_ERROR);
    assertThat(view.problem()).isNotNull();
    assertThat(view.problem().wayOut()).isEqualTo("Try something else.");
    platform.assertCharged(view.spent(), 30);
  }

  @Test
  void anAnswerToAnotherQuestionIsAFaultOfThePlatform() {
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();

    agent.startOnlyLease().trained();

    var view = platform.jobs.get(team.member, job);
    assertThat(view.failureReason()).isEqualTo(FailureReason.PLATFORM);
  }

  @Test
  void aCapThatIsTooSmallAfterMeasuringEndsTheJobWithTheNumber() {
    var agent = platform.agent("oak", 1);
    var job = team.submit(GpuTime.ofSeconds(60));
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    platform.letTimePass(Duration.ofSeconds(58));

    trainer.profiled();

    var view = platform.jobs.get(team.member, job);
    assertThat(view.state()).isEqualTo(JobState.FAILED);
    assertThat(view.failureReason()).isEqualTo(FailureReason.USER_ERROR);
    assertThat(view.problem()).isNotNull();
    assertThat(view.problem().code()).isEqualTo("budget-too-small");
  }

  @Test
  void aModelOfImagesIsNotGivenTexts() {
    platform.sql(
        """
        update dataset_version
        set layout = '{"kind": "TEXT_TABLE", "text": "text", "secondText": null, "label": "label"}'
        """);

    assertThatThrownBy(() -> team.submit())
        .isInstanceOf(Refused.class)
        .hasMessageContaining("leaves v1: The model sapling reads images")
        .hasMessageContaining("Choose a base model that reads texts");
  }

  @Test
  void dataWithoutATestAreNotTrainedOn() {
    platform.sql("update dataset_version set test_samples = 0");

    assertThatThrownBy(() -> team.submit())
        .isInstanceOf(Refused.class)
        .hasMessageContaining("400 to validate on, 0 to test on");
  }

  @Test
  void whoFundedSubmittedAndCancelledIsOnRecord() {
    var job = team.submit();
    platform.jobs.cancel(team.member, job);

    assertThat(platform.audit.page(platform.admin, AuditFilter.ALL, PageRequest.first(3)).items())
        .extracting(Audit.Entry::actor, Audit.Entry::action, Audit.Entry::thing)
        .containsExactly(
            tuple(team.member.login(), "cancel", "job " + job),
            tuple(team.member.login(), "submit", "job " + job),
            tuple(team.owner.login(), "credit", "team " + team.id));
    assertThat(platform.audit.firstBrokenEntry(platform.admin)).isEmpty();
  }

  @Test
  void aCreditThatIsRepeatedUnderItsKeyIsBookedOnce() {
    var hour = GpuTime.ofHours(1);
    var before = platform.budgets.ofTeam(team.owner, team.id).funded();

    platform.budgets.credit(team.owner, team.id, Amount.of(hour), "for May", "may");
    var after =
        platform.budgets.credit(team.owner, team.id, Amount.of(hour), "for May", "may").funded();

    assertThat(after).isEqualTo(before.plus(hour));
    assertThatThrownBy(
            () -> platform.budgets.credit(team.owner, team.id, Amount.of(hour), "for June", "may"))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.problem().code()).isEqualTo("idempotency-key-reused"));
    assertThat(platform.budgets.ofTeam(team.owner, team.id).funded()).isEqualTo(after);
  }

  @Test
  void aPlatformAdminFundsATeamWithoutBeingItsMemberAndAMemberCannot() {
    var before = platform.budgets.ofTeam(team.member, team.id).funded();

    var after =
        platform.budgets.credit(platform.admin, team.id, GpuTime.ofHours(1), "a gift").funded();

    assertThat(after).isEqualTo(before.plus(GpuTime.ofHours(1)));
    assertThatThrownBy(
            () -> platform.budgets.credit(team.member, team.id, GpuTime.ofHours(1), "mine"))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() -> platform.budgets.credit(team.owner, team.id, GpuTime.ZERO, "nothing"))
        .isInstanceOf(Refused.class);
  }

  @Test
  void listsJobsPageByPageNewestFirst() {
    for (int i = 0; i < 5; i++) team.submit();

    var first = platform.jobs.list(team.member, JobFilter.ALL, PageRequest.first(2));
    var second = platform.jobs.list(team.member, JobFilter.ALL, new PageRequest(2, first.next()));
    var third = platform.jobs.list(team.member, JobFilter.ALL, new PageRequest(2, second.next()));

    assertThat(third.next()).isNull();
    var all = Stream.of(first, second, third).flatMap(page -> page.items().stream()).toList();
    assertThat(all).extracting(JobView::id).doesNotHaveDuplicates().hasSize(5);
    assertThat(all).extracting(JobView::submittedAt).isSortedAccordingTo(Comparator.reverseOrder());
  }

  @Test
  void controlCharactersOfATrainerAreNotStored() {
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();

    trainer.say(new TrainerEvent.Log(Instant.now(), "INFO", "a\u001b[31mred\u0000 \u202etext\tb"));

    assertThat(platform.jobs.log(team.member, job, 0, 10))
        .singleElement()
        .satisfies(line -> {
          assertThat(line.text()).isEqualTo("a[31mred text\tb");
          assertThat(line.task()).isEqualTo(TaskKind.PROFILE);
        });
  }

  @Test
  void curvesAreThinnedOutButKeepTheirLastPoint() {
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();
    var points =
        IntStream.rangeClosed(1, 3456)
            .mapToObj(step ->
                new TrainerEvent.Metrics(
                    Instant.now(), step, List.of(new TrainerEvent.Point("train/loss", step))))
            .toArray(TrainerEvent[]::new);

    trainer.say(points);

    var curve = platform.jobs.curves(team.member, job).series().getFirst().points();
    assertThat(curve).hasSizeBetween(Curves.MOST_POINTS * 9 / 10, Curves.MOST_POINTS);
    assertThat(curve.getFirst().step()).isEqualTo(1);
    assertThat(curve.getLast().step()).isEqualTo(3456);
    assertThat(curve).extracting(Curves.Point::step).isSorted();
  }

  @Test
  void noSpikeOfACurveIsThinnedOut() {
    var agent = platform.agent("oak", 1);
    var job = team.submit();
    platform.planning.tick();
    var trainer = agent.startOnlyLease();

    trainer.say(
        SimulatedAgent.curve(5000, step -> step == 2711 ? 99 : step == 1234 ? -7 : Math.sin(step)));

    assertThat(platform.jobs.curves(team.member, job).series().getFirst().points())
        .hasSizeLessThanOrEqualTo(Curves.MOST_POINTS)
        .extracting(Curves.Point::value)
        .contains(99.0, -7.0);
  }

  private JobState state(UUID job) {
    return platform.jobs.get(team.member, job).state();
  }
}
