package io.espalier.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.database.Credentials;
import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Budgets by REST: funded, moved, overdrawn, repeated, priced. */
@PlatformTest
class BudgetInterfaceTest {

  private final String mark = UUID.randomUUID().toString().substring(0, 8);

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private Rest admin;
  private String team;

  @BeforeEach
  void aTeam() {
    admin = Rest.anonymous(port).bearing(Admin.token(platform));
    team = team(mark);
  }

  @Test
  void aTeamIsFundedInGpuTimeAndInMoney() {
    var answer =
        admin.post(
            path(team) + "/credits", Map.of("gpuHours", 2, "money", 12.5, "reason", "for May"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("free").asLong()).isEqualTo(7_200_000);
    assertThat(answer.json().at("/money/free").asLong()).isEqualTo(12_500_000);
    assertThat(answer.json().path("warning").asInt()).isZero();
    var nothing = admin.post(path(team) + "/credits", Map.of("reason", "nothing"));
    assertThat(nothing.status()).isEqualTo(400);
    assertThat(admin.get(path(team) + "/spending").json().at("/pace/spent/time").asLong()).isZero();
  }

  @Test
  void whatIsTransferredIsGoneAtOneEndAndThereAtTheOther() {
    var other = team(mark + " two");
    admin.post(path(team) + "/credits", Map.of("gpuHours", 2, "reason", "for May"));
    var transfer = Map.of("to", other, "gpuHours", 1.5, "reason", "they need it");

    assertThat(admin.post(path(team) + "/transfers", transfer).status()).isEqualTo(200);
    var again = admin.post(path(team) + "/transfers", transfer);

    assertThat(again.status()).isEqualTo(422);
    assertThat(again.json().path("code").asString()).isEqualTo("budget-not-free");
    assertThat(budget(team).path("free").asLong()).isEqualTo(1_800_000);
    assertThat(budget(other).path("free").asLong()).isEqualTo(5_400_000);
  }

  @Test
  void anOverdraftIsSetAndEnded() {
    var overdraft = Map.of("gpuHours", 1, "reason", "until the invoice is paid");
    assertThat(admin.put(path(team) + "/overdraft", overdraft).json().path("free").asLong())
        .isEqualTo(3_600_000);
    assertThat(
            admin
                .put(path(team) + "/overdraft", Map.of("gpuHours", 0, "reason", "it is"))
                .json()
                .path("free")
                .asLong())
        .isZero();
    assertThat(admin.put(path(team) + "/overdraft", Map.of("gpuHours", 1)).status())
        .as("without a reason")
        .isEqualTo(400);
  }

  @Test
  void anAllowanceIsRepeatedUntilItIsEnded() {
    var rule = Map.of("every", "month", "gpuHours", 3, "carryPercent", 50);
    var set = admin.put(path(team) + "/period", rule);
    assertThat(set.status()).as("%s", set).isEqualTo(200);
    assertThat(set.json().path("free").asLong()).isEqualTo(10_800_000);
    assertThat(set.json().at("/period/rule/every").asString()).isEqualTo("MONTH");
    assertThat(set.json().at("/period/endsAt").asString()).isNotBlank();

    var ended = admin.send("DELETE", path(team) + "/period", BodyPublishers.noBody());
    assertThat(ended.json().path("period").isNull()).isTrue();
    assertThat(ended.json().path("free").asLong()).isEqualTo(10_800_000);
    assertThat(admin.put(path(team) + "/period", Map.of("every", "fortnight")).status())
        .isEqualTo(400);
    assertThat(
            admin
                .put(path(team) + "/period", Map.of("every", "week", "carryPercent", 101))
                .status())
        .isEqualTo(400);
  }

  @Test
  void aRateIsAVersionOfItsPool() {
    JdbcClient.create(platform.getBean(Credentials.class).application())
        .sql("insert into pool (name) values (?)")
        .param("GPU " + mark)
        .update();
    var rate = Map.of("pool", "GPU " + mark, "perHour", 2.5, "reason", "a first rate");

    assertThat(admin.post("/api/v1/rates", rate).json().path("version").asInt()).isEqualTo(1);
    assertThat(admin.post("/api/v1/rates", rate).json().path("version").asInt()).isEqualTo(2);

    assertThat(admin.get("/api/v1/rates/history?pool=GPU%20" + mark).json().size()).isEqualTo(2);
    assertThat(admin.get("/api/v1/rates").json().valueStream())
        .anySatisfy(pool -> {
          assertThat(pool.path("pool").asString()).isEqualTo("GPU " + mark);
          assertThat(pool.path("perHour").asLong()).isEqualTo(2_500_000);
        });
    assertThat(
            admin
                .post("/api/v1/rates", Map.of("pool", "none", "perHour", 1, "reason", "x"))
                .status())
        .isEqualTo(404);
  }

  private String team(String name) {
    return admin.post("/api/v1/teams", Map.of("name", name)).json().path("id").asString();
  }

  private JsonNode budget(String one) {
    return admin.get(path(one)).json();
  }

  private static String path(String one) {
    return "/api/v1/teams/" + one + "/budget";
  }
}
