package io.espalier.orchestrator.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.TestPlatform;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CronSchedulesTest {

  private static final String NIGHTLY = "0 30 2 * * ?";

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team red = platform.team("red", GpuTime.ofHours(100));
  private final CronSchedules schedules = platform.cronSchedules;

  @Test
  void firesOnceAtItsTimeHoweverManyNodesLook() throws Exception {
    var schedule = create("nightly");
    isDue();

    try (var nodes = Executors.newFixedThreadPool(4)) {
      var looks = new ArrayList<Callable<Integer>>();
      for (int node = 0; node < 4; node++) {
        looks.add(
            () -> new CronSchedules(platform.transactions, platform.jobs, platform.audit).tick());
      }
      for (var look : nodes.invokeAll(looks)) look.get();
    }
    schedules.tick();

    assertThat(platform.count("job")).isEqualTo(1);
    assertThat(schedules.fires(red.member, schedule.id()))
        .singleElement()
        .satisfies(fire -> assertThat(fire.job()).isNotNull());
    assertThat(schedules.list(red.member).getFirst().nextFireAt()).isAfter(Instant.now());
    platform.assertInvariants();
  }

  @Test
  void aNodeThatDiesAfterSubmittingIsMadeUpForWithoutASecondJob() {
    var schedule = create("nightly");
    isDue();
    var at = schedules.list(red.member).getFirst().nextFireAt();
    platform.jobs.submit(red.member, red.submission(), "cron " + schedule.id() + " " + at);

    assertThat(schedules.tick()).isEqualTo(1);

    assertThat(platform.count("job")).isEqualTo(1);
    assertThat(schedules.fires(red.member, schedule.id())).hasSize(1);
  }

  @Test
  void aFireThatCannotBecomeAJobKeepsTheReason() {
    var poor = platform.team("poor", GpuTime.ZERO);
    joins(poor);
    var schedule =
        schedules.create(poor.member, "nightly", NIGHTLY, ZoneOffset.UTC, poor.submission());
    isDue();

    schedules.tick();

    assertThat(schedules.fires(poor.member, schedule.id()))
        .singleElement()
        .satisfies(fire -> {
          assertThat(fire.job()).isNull();
          assertThat(fire.problem()).isNotNull();
          assertThat(fire.problem().code()).isEqualTo("budget-too-small");
        });
  }

  @Test
  void whoeverHasLeftTheTeamSubmitsNothingMore() {
    create("nightly");
    platform.sql("delete from member");
    isDue();

    schedules.tick();

    assertThat(platform.count("job")).isZero();
    assertThat(platform.count("cron_fire where problem ->> 'code' = 'owner-has-left'"))
        .isEqualTo(1);
  }

  @Test
  void pausedSchedulesRestAndDeletedOnesAreGone() {
    var schedule = create("nightly");
    schedules.setPaused(red.member, schedule.id(), true);
    assertThat(schedules.list(red.member).getFirst().nextFireAt()).isNull();
    assertThat(schedules.tick()).isZero();

    assertThat(schedules.setPaused(red.member, schedule.id(), false).nextFireAt())
        .isAfter(Instant.now());
    schedules.delete(red.member, schedule.id());
    assertThat(schedules.list(red.member)).isEmpty();
  }

  @Test
  void readsTheTimeOfItsZoneAndRefusesWhatIsNoExpression() {
    var berlin = ZoneId.of("Europe/Berlin");

    assertThat(FireTimes.next(NIGHTLY, berlin, Instant.parse("2026-11-23T00:00:00Z")))
        .isEqualTo("2026-11-23T01:30:00Z");
    assertThat(FireTimes.next("0 0 0 1 1 ? 2020", berlin, Instant.parse("2026-01-01T00:00:00Z")))
        .isNull();
    assertThatThrownBy(() -> schedules.create(red.member, "odd", "often", berlin, red.submission()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("no cron expression");
  }

  @Test
  void belongsToItsTeamAlone() {
    var blue = platform.team("blue", GpuTime.ofHours(1));
    var schedule = create("nightly");

    assertThat(schedules.list(blue.member)).isEmpty();
    assertThatThrownBy(() -> schedules.delete(blue.member, schedule.id()))
        .hasMessageContaining("no such schedule");
    assertThatThrownBy(() -> create("nightly")).hasMessageContaining("a schedule of this name");
  }

  private CronSchedule create(String name) {
    joins(red);
    return schedules.create(red.member, name, NIGHTLY, ZoneOffset.UTC, red.submission());
  }

  private void joins(TestPlatform.Team team) {
    platform.sql(
        "insert into member (team_id, user_id, role) values (?, ?, 'MEMBER') on conflict do nothing",
        team.id,
        team.member.userId());
  }

  private void isDue() {
    platform.sql("update cron_schedule set next_fire_at = date_trunc('second', now())");
  }
}
