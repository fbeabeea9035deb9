package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A loss of power at five points of a job's life: while it waits, in its profile, early in its
 * training, after a checkpoint, in its evaluation. One house survives them all, and each of its
 * jobs five: it costs time, but neither work nor money, and the ledger holds after every one.
 */
class PowerLossIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** By then the first checkpoint has been reported; the run is several times as long. */
  private static final int AFTER_A_CHECKPOINT = 40;

  private static House house;
  private static Tenant tenant;
  private static String images;
  private static String manyImages;
  private static String agent;

  @BeforeAll
  static void settleIn() throws Exception {
    // Long enough that a slow restart of platform or database on a busy machine loses no lease.
    house =
        new House(
            Map.of(
                "ESPALIER_LEASE_STOP_AFTER", "120s",
                "ESPALIER_LEASE_REGRANT_AFTER", "150s",
                "ESPALIER_HEARTBEAT", "1s"));
    house.open();
    tenant = Tenant.settleIn(house);
    images = tenant.register(house.drawnImages(30));
    manyImages = tenant.register(house.drawnImages(90));
    agent = House.await("the local agent", SOON, PowerLossIT::onlyAgent);
  }

  @AfterAll
  static void leave() throws IOException {
    house.close();
  }

  @Test
  void aJobOutlivesItsTrainerFiveTimes() {
    var job = tenant.submit(images, "full", 0.5);
    tenant.awaitTask(job, "PROFILE");
    strike(house.localHost()::killTrainer);
    awaitStarts(job, "PROFILE", 1);
    strike(house.localHost()::killTrainer);
    tenant.awaitTraining(job, 1);
    strike(house.localHost()::killTrainer);
    awaitStarts(job, "TRAIN", 2);
    tenant.awaitTraining(job, AFTER_A_CHECKPOINT);
    strike(house.localHost()::killTrainer);
    awaitStarts(job, "TRAIN", 3);
    tenant.awaitTask(job, "EVALUATE");
    strike(house.localHost()::killTrainer);

    awaitSuccess(job);
    assertThat(tenant.starts(job, "TRAIN").getLast())
        .as("from its last checkpoint")
        .containsPattern("from step [1-9]\\d");
  }

  @Test
  void aJobOutlivesItsDaemonAndItsDatabaseFiveTimes() {
    strikeFiveTimes(
        images,
        () -> {
          house.localHost().killDaemon();
          everythingHolds();
          house.killDatabase();
        });
  }

  @Test
  void aJobOutlivesItsPlatformFiveTimes() {
    // The job goes on while the platform starts, and must not be over by then.
    strikeFiveTimes(
        manyImages,
        () -> {
          house.killPlatform();
          house.open();
        });
  }

  /** None of these ends a trainer, so nothing is ever started twice. */
  private static void strikeFiveTimes(String version, Runnable blow) {
    tenant.order(agent, "drain");
    var job = tenant.submit(version, "full", 0.5);
    strike(blow);
    assertThat(tenant.job(job).path("state").asString()).isEqualTo("QUEUED");
    tenant.order(agent, "enable");
    tenant.awaitTask(job, "PROFILE");
    strike(blow);
    tenant.awaitTraining(job, 1);
    strike(blow);
    tenant.awaitTraining(job, AFTER_A_CHECKPOINT);
    strike(blow);
    tenant.awaitTask(job, "EVALUATE");
    strike(blow);

    awaitSuccess(job);
    for (var task : new String[] {"PROFILE", "TRAIN", "EVALUATE"}) {
      assertThat(tenant.starts(job, task)).as("starts of " + task).hasSize(1);
    }
  }

  private static void strike(Runnable blow) {
    blow.run();
    everythingHolds();
  }

  private static void everythingHolds() {
    House.await("the platform to answer", SOON, PowerLossIT::soundness);
    assertThat(tenant.violations()).isEmpty();
  }

  private static Optional<JsonNode> soundness() {
    var answer = tenant.rest().get("/api/v1/invariants");
    return answer.status() == 200 ? Optional.of(answer.json()) : Optional.empty();
  }

  private static void awaitStarts(String job, String task, int times) {
    House.await(
        "start " + times + " of " + task,
        SOON,
        () -> Optional.of(job).filter(id -> tenant.starts(id, task).size() >= times));
  }

  private static void awaitSuccess(String job) {
    var ended = tenant.awaitEnd(job);
    assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("SUCCEEDED");
    assertThat(ended.path("result").path("after").asDouble())
        .isGreaterThan(3 * ended.path("result").path("chance").asDouble());
    assertThat(ended.path("held").asLong()).isZero();
    assertThat(tenant.violations()).isEmpty();
  }

  private static Optional<String> onlyAgent() {
    return tenant
        .rest()
        .get("/api/v1/agents")
        .json()
        .valueStream()
        .filter(one -> one.path("live").asBoolean())
        .map(one -> one.path("name").asString())
        .findFirst();
  }
}
