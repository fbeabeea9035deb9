package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A loss of power in the middle of a training costs time, but neither work nor money. */
class CrashIT {

  /** By then the first checkpoint has been reported; the run is several times as long. */
  private static final int AFTER_A_CHECKPOINT = 80;

  @Test
  void aKilledTrainerGoesOnFromItsLastCheckpoint() throws Exception {
    try (var house = new House()) {
      house.open();
      var tenant = Tenant.settleIn(house);
      var job = tenant.submit(house.drawnImages(), "full", 0.5);
      tenant.awaitTraining(job, AFTER_A_CHECKPOINT);

      house.killTrainer();

      expectSuccessFromACheckpoint(tenant, job);
      assertThat(settledSlices(tenant, job)).as("profile, two trainings, evaluation").isEqualTo(4);
    }
  }

  @Test
  void aKilledPlatformComesBackToAJobThatWentOn() throws Exception {
    try (var house = new House()) {
      house.open();
      var tenant = Tenant.settleIn(house);
      var job = tenant.submit(house.drawnImages(), "full", 0.5);
      tenant.awaitTraining(job, AFTER_A_CHECKPOINT);
      var before = tenant.rest().get("/api/v1/jobs/" + job + "/metrics").json();

      house.killPlatform();
      house.open();

      assertThat(pointsOf(tenant.rest().get("/api/v1/jobs/" + job + "/metrics").json()))
          .isGreaterThanOrEqualTo(pointsOf(before));
      var ended = tenant.awaitEnd(job);
      assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("SUCCEEDED");
      assertThat(tenant.violations()).isEmpty();
      assertThat(settledSlices(tenant, job)).as("profile, training, evaluation").isEqualTo(3);
    }
  }

  private static void expectSuccessFromACheckpoint(Tenant tenant, String job) {
    var ended = tenant.awaitEnd(job);
    assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("SUCCEEDED");
    assertThat(ended.path("result").path("after").asDouble())
        .isGreaterThan(3 * ended.path("result").path("chance").asDouble());
    assertThat(log(tenant, job))
        .containsPattern("TRAIN started on .* from step 0")
        .containsPattern("TRAIN started on .* from step [1-9]");
    assertThat(tenant.violations()).isEmpty();
    assertThat(ended.path("held").asLong()).isZero();
  }

  /** Every lease of these short jobs is one slice: each may be settled once. */
  private static int settledSlices(Tenant tenant, String job) {
    var entries = tenant.rest().get("/api/v1/jobs/" + job + "/cost").json().path("entries");
    int settled = 0;
    for (var entry : entries) {
      if (entry.path("kind").asString().equals("SETTLE")) settled++;
    }
    return settled;
  }

  private static String log(Tenant tenant, String job) {
    return tenant.rest().get("/api/v1/jobs/" + job + "/log?limit=1000").toString();
  }

  private static int pointsOf(JsonNode curves) {
    return curves.findValues("step").size() + curves.findValues("points").size();
  }
}
