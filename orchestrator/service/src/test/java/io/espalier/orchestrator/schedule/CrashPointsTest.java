package io.espalier.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Events.Outcome;
import io.espalier.orchestrator.SimulatedAgent;
import io.espalier.orchestrator.SimulatedAgent.Trainer;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.database.Cuts;
import io.espalier.orchestrator.database.Cuts.Side;
import java.time.Duration;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The wire to the database is cut before and after each statement, and before and after each
 * commit, of what changes money and leases: one point after the other until none is left. What was
 * done is done wholly or not at all, and doing it again comes to the same end as without a cut.
 */
class CrashPointsTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final Cuts cuts = platform.cuts;
  private final TestPlatform.Team team = platform.team("red", GpuTime.ofHours(1000));

  @ParameterizedTest
  @EnumSource
  void aSubmissionThatIsRepeatedIsOneJob(Side side) {
    atEveryPoint(
        side,
        4,
        point -> {
          var key = side + " " + point;
          cuts.cutAt(point, side);
          attempt(() -> platform.jobs.submit(team.member, team.submission(), key));
        },
        point -> {
          long before = platform.count("job");
          var first = platform.jobs.submit(team.member, team.submission(), side + " " + point);
          var again = platform.jobs.submit(team.member, team.submission(), side + " " + point);
          assertThat(again.id()).isEqualTo(first.id());
          assertThat(platform.count("job") - before).isLessThanOrEqualTo(1);
          platform.jobs.cancel(team.member, first.id());
        });
    assertThat(platform.count("job")).isEqualTo(platform.count("job where state = 'CANCELLED'"));
  }

  @ParameterizedTest
  @EnumSource
  void aGrantIsWholeOrNotAtAll(Side side) {
    var agent = platform.agent("oak", 1);
    atEveryPoint(
        side,
        5,
        point -> {
          team.submit();
          cuts.cutAt(point, side);
          attempt(platform.planning::tick);
        },
        _ -> {
          platform.planning.tick();
          assertThat(platform.count("lease where state = 'LIVE'")).isEqualTo(1);
          assertThat(agent.startOnlyLease().failed(FailureReason.USER_ERROR).outcome())
              .isEqualTo(Outcome.ENDED);
        });
  }

  @ParameterizedTest
  @EnumSource
  void aLastWordIsSettledOnce(Side side) {
    var agent = platform.agent("oak", 1);
    var current = new Current();
    atEveryPoint(
        side,
        5,
        point -> {
          current.begin(agent);
          current.trainer().started();
          cuts.cutAt(point, side);
          attempt(current.trainer()::profiled);
        },
        _ -> {
          assertThat(current.trainer().repeat().outcome()).isEqualTo(Outcome.ENDED);
          assertThat(current.state()).isEqualTo(JobState.TRAINING);
          assertThat(current.entries("SETTLE")).isLessThanOrEqualTo(2);
          assertThat(current.entries("HOLD")).isEqualTo(2);
          platform.jobs.cancel(team.member, current.job);
        });
  }

  @ParameterizedTest
  @EnumSource
  void aRenewalPaysForASliceOnce(Side side) {
    var agent = platform.agent("oak", 1);
    var current = new Current();
    atEveryPoint(
        side,
        5,
        point -> {
          current.begin(agent);
          current.trainer().heartbeat();
          platform.letTimePass(Duration.ofSeconds(70));
          for (int i = 0; i < 4; i++) {
            current.trainer().heartbeat();
            platform.letTimePass(Duration.ofSeconds(60));
          }
          cuts.cutAt(point, side);
          attempt(current.trainer()::heartbeat);
        },
        _ -> {
          assertThat(current.trainer().heartbeat().outcome()).isEqualTo(Outcome.ACCEPTED);
          assertThat(current.entries("HOLD")).as("two slices, each for team and cap").isEqualTo(4);
          assertThat(current.trainer().failed(FailureReason.USER_ERROR).outcome())
              .isEqualTo(Outcome.ENDED);
        });
  }

  @ParameterizedTest
  @EnumSource
  void aLostLeaseIsTakenBackOnce(Side side) {
    var agent = platform.agent("oak", 1);
    var current = new Current();
    atEveryPoint(
        side,
        5,
        point -> {
          current.begin(agent);
          platform.letTimePass(Duration.ofMinutes(3));
          cuts.cutAt(point, side);
          attempt(() -> platform.reaper().tick());
        },
        _ -> {
          platform.reaper().tick();
          assertThat(current.trainer().heartbeat().outcome()).isEqualTo(Outcome.STALE_EPOCH);
          assertThat(platform.count("lease where state = 'LIVE'")).isZero();
          assertThat(current.entries("HOLD")).isEqualTo(2);
          platform.jobs.cancel(team.member, current.job);
        });
  }

  /** One job at a time, with its only trainer. */
  private final class Current {
    private UUID job = new UUID(0, 0);
    private final Trainer[] trainers = new Trainer[1];

    void begin(SimulatedAgent agent) {
      job = team.submit();
      platform.planning.tick();
      trainers[0] = agent.startOnlyLease();
    }

    Trainer trainer() {
      return trainers[0];
    }

    JobState state() {
      return platform.jobs.get(team.member, job).state();
    }

    long entries(String kind) {
      return platform.count("budget_entry where job_id = '" + job + "' and kind = '" + kind + "'");
    }
  }

  /**
   * {@code cut} is called with 1, 2, 3 … until the point is beyond the end of what it does, which
   * has at least {@code fewest} of them.
   */
  private void atEveryPoint(Side side, int fewest, IntConsumer cut, IntConsumer again) {
    int point = 1;
    while (true) {
      cut.accept(point);
      boolean reached = cuts.heal();
      platform.assertInvariants();
      again.accept(point);
      platform.assertInvariants();
      if (!reached) break;
      point++;
    }
    assertThat(point).as("points cut " + side).isGreaterThan(fewest);
  }

  private static void attempt(Runnable deed) {
    try {
      deed.run();
    } catch (DataAccessException | TransactionException told) {
      // Whatever it was: what is stored is looked at.
    }
  }
}
