package io.espalier.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Admin;
import io.espalier.web.Orchard;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import io.espalier.web.SignedInAsAdmin;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/** Quotas, maintenance, slots, schedules and what a submission may ask for, by REST. */
@PlatformTest
@SignedInAsAdmin
class SchedulingRestTest {

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private Rest admin;
  private Orchard orchard;

  @BeforeEach
  void signIn() {
    admin = Rest.anonymous(port).bearing(Admin.token(platform));
    orchard = new Orchard(platform, 5);
  }

  @Test
  void aQuotaIsSetAndReadAndItsLimitsAreNamed() {
    try (var _ = orchard.agent()) {
      var path = "/api/v1/teams/" + orchard.team().id() + "/quota";

      assertThat(admin.put(path, Map.of("pool", "cpu", "weight", 3, "ceiling", 2)).status())
          .isEqualTo(204);

      var set =
          admin
              .get("/api/v1/quotas")
              .json()
              .valueStream()
              .filter(quota ->
                  quota.get("team").asString().equals(orchard.team().id().toString())
                      && quota.get("pool").asString().equals("cpu"))
              .toList();
      assertThat(set)
          .singleElement()
          .satisfies(quota -> {
            assertThat(quota.get("weight").asInt()).isEqualTo(3);
            assertThat(quota.get("ceiling").asInt()).isEqualTo(2);
          });
      var refused = admin.put(path, Map.of("pool", "cpu", "guarantee", 1_000_000));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().get("code").asString()).isEqualTo("quota-guarantee");
      assertThat(admin.put(path, Map.of("pool", "abacus")).status()).isEqualTo(404);
    }
  }

  @Test
  void maintenanceIsPlannedSeenAndCancelled() {
    var far = Instant.now().plusSeconds(1_000_000);
    var plan =
        Map.of("from", far.toString(), "until", far.plusSeconds(60).toString(), "reason", "fans");

    var planned = admin.post("/api/v1/maintenance", plan);
    assertThat(planned.status()).isEqualTo(201);
    var id = planned.json().get("id").asString();
    assertThat(admin.get("/api/v1/maintenance").json().findValuesAsString("id")).contains(id);
    assertThat(delete("/api/v1/maintenance/" + id).status()).isEqualTo(204);

    assertThat(delete("/api/v1/maintenance/" + id).status()).isEqualTo(404);
    var backwards =
        Map.of("from", far.toString(), "until", far.minusSeconds(60).toString(), "reason", "fans");
    assertThat(admin.post("/api/v1/maintenance", backwards).status()).isEqualTo(400);
  }

  @Test
  void slotsAreDisabledAndHostsLabelled() {
    try (var agent = orchard.agent()) {
      var host = host(agent.name());
      var path = "/api/v1/agents/" + host;

      assertThat(admin.post(path + "/slots/0/disable").status()).isEqualTo(204);
      assertThat(admin.put(path + "/labels", Map.of("labels", List.of("fast"))).status())
          .isEqualTo(204);

      var seen =
          admin
              .get("/api/v1/cluster/hosts")
              .json()
              .valueStream()
              .filter(one -> one.get("id").asString().equals(host))
              .findFirst()
              .orElseThrow();
      assertThat(seen.get("labels").get(0).asString()).isEqualTo("fast");
      assertThat(seen.get("slots").get(0).get("enabled").asBoolean()).isFalse();
      assertThat(admin.post(path + "/slots/0/enable").status()).isEqualTo(204);
      assertThat(admin.post(path + "/slots/0/release").status()).isEqualTo(204);
      assertThat(admin.post(path + "/slots/99/enable").status()).isEqualTo(404);
    }
  }

  @Test
  void aSubmissionAsksForItsPlaceAndSaysWhyItWaits() {
    var job = new HashMap<String, Object>(body());
    job.put(
        "scheduling",
        Map.of(
            "priority",
            "urgent",
            "labels",
            List.of("label-" + UUID.randomUUID().toString().substring(0, 8)),
            "window",
            Map.of("from", "00:00", "until", "00:00", "zone", "Europe/Berlin")));

    var submitted = admin.post("/api/v1/jobs", job);
    assertThat(submitted.status()).as(submitted.json().toString()).isEqualTo(201);

    var path = "/api/v1/jobs/" + submitted.json().get("id").asString() + "/waiting";
    var outlook = admin.get(path).json().get("outlook");
    assertThat(outlook.get("reason").asString()).isEqualTo("NO_FITTING_SLOT");
    assertThat(outlook.get("sentence").asString()).contains("on a host labelled label-");
    assertThat(Rest.anonymous(port).get(path).status()).isEqualTo(401);
  }

  @Test
  void whatASubmissionCannotAskForIsNamed() {
    assertThat(refusal(Map.of("slots", 0))).isEqualTo("scheduling-slots");
    assertThat(refusal(Map.of("deadline", "2020-01-01T00:00:00Z")))
        .isEqualTo("scheduling-deadline");
    assertThat(refusal(Map.of("pool", "abacus"))).isEqualTo("pool-unknown");
    assertThat(refusal(Map.of("priority", "now"))).isEqualTo("value-unknown");
    assertThat(refusal(Map.of("window", Map.of("from", "25:00", "until", "06:00"))))
        .isEqualTo("time-of-day");
  }

  @Test
  void aScheduleIsStoredPausedAndDeleted() {
    var schedule = Map.of("name", "nightly", "cron", "0 30 2 * * ?", "job", body());

    var created = admin.post("/api/v1/schedules", schedule);
    assertThat(created.status()).as(created.json().toString()).isEqualTo(201);
    var id = created.json().get("id").asString();
    assertThat(created.json().get("nextFireAt").asString()).isNotEmpty();
    assertThat(admin.post("/api/v1/schedules", schedule).status()).isEqualTo(409);
    assertThat(admin.post("/api/v1/schedules/" + id + "/pause").json().get("paused").asBoolean())
        .isTrue();
    assertThat(admin.get("/api/v1/schedules/" + id + "/fires").json().isEmpty()).isTrue();
    assertThat(delete("/api/v1/schedules/" + id).status()).isEqualTo(204);
    assertThat(admin.get("/api/v1/schedules").json().findValuesAsString("id")).doesNotContain(id);
  }

  private String refusal(Map<String, Object> scheduling) {
    var job = new HashMap<String, Object>(body());
    job.put("scheduling", scheduling);
    var answer = admin.post("/api/v1/jobs", job);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(400);
    return answer.json().get("code").asString();
  }

  private Map<String, Object> body() {
    return Map.of(
        "team", orchard.team().id(),
        "name", "Leaves",
        "model", orchard.model().id(),
        "datasetVersion", orchard.dataset("leaves " + UUID.randomUUID(), "elm", "oak").id(),
        "gpuHours", 1);
  }

  private Rest.Answer delete(String path) {
    return admin.send("DELETE", path, BodyPublishers.noBody());
  }

  private String host(String name) {
    return admin
        .get("/api/v1/agents")
        .json()
        .valueStream()
        .filter(agent -> agent.get("name").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .get("id")
        .asString();
  }
}
