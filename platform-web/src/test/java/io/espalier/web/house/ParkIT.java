package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A training whose budget is taken away parks at the end of its hold, and goes on when it is given
 * back: its weights are those of the same training that nobody has disturbed, to the last bit.
 */
class ParkIT {

  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  void aParkedTrainingEndsWithTheWeightsOfOneThatWasNeverParked() throws Exception {
    // Used up within one training, but not while a busy machine is slow to renew it.
    try (var house =
        new House(Map.of("ESPALIER_HEARTBEAT", "500ms", "ESPALIER_LEASE_SLICE", "15s"))) {
      house.open();
      var tenant = Tenant.settleIn(house);
      var images = tenant.register(house.drawnImages(90));

      var undisturbed = tenant.submit(images, "full", 0.5);
      assertThat(state(tenant, tenant.awaitEnd(undisturbed).path("id").asString()))
          .isEqualTo("SUCCEEDED");

      var parked = tenant.submit(images, "full", 0.5);
      var other = other(tenant);
      tenant.awaitTraining(parked, 5);
      takeAwayWhatIsFree(tenant, other);
      House.await(
          "the job to park",
          SOON,
          () -> Optional.of(parked).filter(job -> state(tenant, job).equals("PAUSED")));
      var resting = tenant.job(parked);
      assertThat(resting.path("pauseReason").asString()).isEqualTo("BUDGET");
      assertThat(resting.path("held").asLong()).isZero();
      House.await(
          "the reason why it waits",
          SOON,
          () ->
              Optional.of(tenant.job(parked).at("/whyWaiting/reason").asString(""))
                  .filter("BUDGET"::equals));

      giveBack(tenant, other);
      assertThat(state(tenant, tenant.awaitEnd(parked).path("id").asString()))
          .isEqualTo("SUCCEEDED");

      assertThat(tenant.starts(parked, "TRAIN"))
          .as("parked and resumed")
          .hasSizeGreaterThan(1)
          .last()
          .asString()
          .containsPattern("from step [1-9]");
      assertThat(training(tenant, parked)).isEqualTo(training(tenant, undisturbed));
      assertThat(weights(tenant, parked)).isEqualTo(weights(tenant, undisturbed));
      assertThat(tenant.violations()).isEmpty();
    }
  }

  private static String other(Tenant tenant) {
    return tenant
        .rest()
        .post("/api/v1/teams", Map.of("name", "another team"))
        .json()
        .path("id")
        .asString();
  }

  /** A renewal may come between the question and the transfer, and then it is asked again. */
  private static void takeAwayWhatIsFree(Tenant tenant, String to) {
    House.await(
        "the transfer",
        SOON,
        () -> {
          var free = free(tenant, tenant.team());
          if (free == 0) return Optional.of(true);
          tenant
              .rest()
              .post(
                  "/api/v1/teams/" + tenant.team() + "/budget/transfers",
                  Map.of("to", to, "gpuHours", free / 3_600_000.0, "reason", "taken away"));
          return Optional.empty();
        });
  }

  private static void giveBack(Tenant tenant, String from) {
    var answer =
        tenant
            .rest()
            .post(
                "/api/v1/teams/" + from + "/budget/transfers",
                Map.of(
                    "to",
                    tenant.team(),
                    "gpuHours",
                    free(tenant, from) / 3_600_000.0,
                    "reason",
                    "given back"));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  private static long free(Tenant tenant, String team) {
    return tenant.rest().get("/api/v1/teams/" + team + "/budget").json().path("free").asLong();
  }

  private static String state(Tenant tenant, String job) {
    return tenant.job(job).path("state").asString();
  }

  private static String training(Tenant tenant, String job) {
    return tenant.job(job).path("training").toString();
  }

  private static List<String> weights(Tenant tenant, String job) {
    var artifacts = tenant.rest().get("/api/v1/jobs/" + job + "/artifacts").json();
    for (var artifact : artifacts) {
      if (artifact.path("kind").asString().equals("WEIGHTS")) {
        return artifact.findValuesAsString("sha256");
      }
    }
    throw new AssertionError("no weights among " + artifacts);
  }
}
