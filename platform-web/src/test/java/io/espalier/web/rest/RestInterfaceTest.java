package io.espalier.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.NewUser;
import io.espalier.orchestrator.account.SignIn;
import io.espalier.orchestrator.account.Tokens;
import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import io.espalier.web.Samples;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;

@PlatformTest
class RestInterfaceTest {

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private Rest rest;
  private String team;

  @BeforeEach
  void asAdminWithATeam() {
    rest = Rest.anonymous(port).bearing(Admin.token(platform));
    var created = rest.post("/api/v1/teams", Map.of("name", "Team " + UUID.randomUUID()));
    assertThat(created.status()).isEqualTo(201);
    team = created.json().get("id").asString();
  }

  @Test
  void theSetupRouteRefusesAWrongCodeOnceThereIsAnAdmin() {
    var answer =
        Rest.anonymous(port)
            .post(
                "/api/v1/setup",
                Map.of("code", "x", "login", "eve", "name", "Eve", "password", Admin.PASSWORD));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.json().get("code").asString()).isEqualTo("setup-code");
  }

  @Test
  void meNamesTheCallerAndItsTeams() {
    var me = rest.get("/api/v1/me").json();

    assertThat(me.get("login").asString()).isEqualTo("ann");
    assertThat(me.get("platformAdmin").asBoolean()).isTrue();
    assertThat(me.get("teams").findValuesAsString("id")).contains(team);
  }

  @Test
  void aTokenCanBeMadeUsedAndRevoked() {
    var created = rest.post("/api/v1/tokens", Map.of("name", "script", "days", 1)).json();
    var script = Rest.anonymous(port).bearing(created.get("token").asString());
    assertThat(script.get("/api/v1/me").status()).isEqualTo(200);

    var id = created.get("id").asString();
    assertThat(rest.send("DELETE", "/api/v1/tokens/" + id, noBody()).status()).isEqualTo(204);

    assertThat(script.get("/api/v1/me").status()).isEqualTo(401);
    assertThat(rest.get("/api/v1/tokens").toString()).doesNotContain("secret").contains(id);
  }

  @Test
  void aCreditFundsATeam() {
    assertThat(budget().get("free").asLong()).isZero();

    var answer = credit(1.5);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("free").asLong()).isEqualTo(5_400_000);
    assertThat(budget()).isEqualTo(answer.json());
  }

  @Test
  void aRefusalNamesThingValueLimitAndWayOut() {
    var answer = credit(-1);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    var problem = answer.json();
    assertThat(problem.get("code").asString()).isEqualTo("gpu-hours");
    assertThat(problem.get("thing").asString()).isEqualTo("gpuHours");
    assertThat(problem.get("value").asString()).isEqualTo("-1.0");
    assertThat(problem.get("limit").asString()).isEqualTo("more than 0");
    assertThat(problem.get("wayOut").asString()).isNotBlank();
    assertThat(problem.get("status").asInt()).isEqualTo(400);
  }

  @Test
  void springsOwnRefusalsHaveTheSameForm() {
    var json = rest.with("Content-Type", "application/json");
    var broken = json.send("POST", "/api/v1/teams", BodyPublishers.ofString("{\"name\": "));
    var wrongType = rest.upload("POST", "/api/v1/models?name=x", "text/plain", new byte[1]);
    var notAnId = rest.get("/api/v1/jobs/not-an-id");
    var absent = rest.get("/api/v1/nothing");

    assertThat(broken.status()).isEqualTo(400);
    assertThat(wrongType.status()).isIn(404, 415);
    assertThat(notAnId.status()).isEqualTo(400);
    assertThat(absent.status()).isEqualTo(404);
    for (var answer : new Rest.Answer[] {broken, wrongType, notAnId, absent}) {
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.json().get("code").asString()).isNotBlank();
      assertThat(answer.json().get("wayOut").asString()).isNotBlank();
    }
  }

  @Test
  void membersAreAddedByLogin() {
    var login = "user" + UUID.randomUUID().toString().substring(0, 8);
    var user = Map.of("login", login, "name", "U", "password", "a sentence of words");
    assertThat(rest.post("/api/v1/users", user).status()).isEqualTo(201);

    var members = rest.put("/api/v1/teams/" + team + "/members/" + login, Map.of("role", "viewer"));

    assertThat(members.status()).isEqualTo(200);
    assertThat(members.json().findValuesAsString("role")).containsExactly("OWNER", "VIEWER");
  }

  @Test
  void anUploadIsRegisteredAndTheSameAgainIsKnown() {
    var images = Samples.images("rose", "tulip");

    var first = register(images);
    var again = register(images);

    assertThat(first.status()).isEqualTo(201);
    assertThat(first.json().get("number").asInt()).isEqualTo(1);
    assertThat(first.json().get("report").get("classes").size()).isEqualTo(2);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().get("id")).isEqualTo(first.json().get("id"));
    var version = rest.get("/api/v1/dataset-versions/" + first.json().get("id").asString());
    assertThat(version.json()).isEqualTo(first.json());
    var listed = rest.get("/api/v1/datasets?team=" + team).json();
    assertThat(listed.findValuesAsString("name")).containsExactly("Flowers");
  }

  @Test
  void aFormUploadsADataSetToo() {
    var boundary = "----test";
    var head =
        ("--"
                + boundary
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.zip\"\r\n"
                + "Content-Type: application/zip\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8);
    var tail = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8);
    var body = new ByteArrayOutputStream();
    body.writeBytes(head);
    body.writeBytes(Samples.images("a", "b"));
    body.writeBytes(tail);

    var answer =
        rest.upload(
            "POST",
            "/api/v1/datasets?team=" + team + "&name=Flowers",
            "multipart/form-data; boundary=" + boundary,
            body.toByteArray());

    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
  }

  @Test
  void anUnusableUploadIsRefusedWithItsReport() {
    var answer = register(Samples.images("rose"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("report").get("blocking").size()).isPositive();
    assertThat(answer.json().get("wayOut").asString()).isNotBlank();
  }

  @Test
  void anotherTeamsThingsLookAbsent() {
    var version = register(Samples.images("a", "b")).json().get("id").asString();
    var stranger = Rest.anonymous(port).bearing(tokenOfAStranger());

    for (var path :
        new String[] {
          "/api/v1/dataset-versions/" + version,
          "/api/v1/teams/" + team + "/budget",
          "/api/v1/teams/" + team + "/members",
          "/api/v1/datasets?team=" + team,
          "/api/v1/jobs/" + UUID.randomUUID()
        }) {
      assertThat(stranger.get(path).status()).as(path).isEqualTo(404);
    }
    assertThat(stranger.get("/api/v1/agents").status()).isEqualTo(403);
    assertThat(stranger.post("/api/v1/teams", Map.of("name", "Mine")).status()).isEqualTo(403);
  }

  @Test
  void aJobIsPreviewedSubmittedOnceAndCancelled() {
    credit(2);
    var job = job(0.5);

    var preview = rest.post("/api/v1/jobs?dryRun=true", job);
    assertThat(preview.status()).as("%s", preview).isEqualTo(200);
    assertThat(preview.json().get("obstacles").size()).isZero();
    assertThat(rest.get("/api/v1/jobs?team=" + team).json().get("items").size()).isZero();

    var keyed = rest.with("Idempotency-Key", "once");
    var first = keyed.post("/api/v1/jobs", job);
    var second = keyed.post("/api/v1/jobs", job);
    assertThat(first.status()).as("%s", first).isEqualTo(201);
    assertThat(second.json().get("id")).isEqualTo(first.json().get("id"));
    var other = new HashMap<>(job);
    other.put("seed", 7);
    assertThat(keyed.post("/api/v1/jobs", other).status()).isEqualTo(409);

    var path = "/api/v1/jobs/" + first.json().get("id").asString();
    assertThat(rest.get(path).json().get("state").asString()).isEqualTo("QUEUED");
    assertThat(rest.get(path + "/explanation").json().get("state").asString()).isEqualTo("QUEUED");
    assertThat(rest.get(path + "/timeline").json().size()).isPositive();
    assertThat(rest.get(path + "/cost").json().get("mostHeld").asLong()).isZero();
    assertThat(rest.get(path + "/metrics").json().get("series").size()).isZero();
    assertThat(rest.get(path + "/log").json().size()).isZero();
    assertThat(rest.get(path + "/artifacts").json().size()).isZero();

    var paused = rest.post(path + "/pause").json();
    assertThat(paused.get("pauseReason").asString()).isEqualTo("USER");
    assertThat(paused.get("inWords").asString())
        .isEqualTo("Paused: by a person. Resume it when it should go on.");
    assertThat(rest.post(path + "/resume").json().get("state").asString()).isEqualTo("QUEUED");

    assertThat(rest.post(path + "/cancel").json().get("state").asString()).isEqualTo("CANCELLED");
    assertThat(rest.post(path + "/pause").status()).isEqualTo(409);
    var listed = rest.get("/api/v1/jobs?team=" + team + "&state=cancelled").json();
    assertThat(listed.get("items").size()).isEqualTo(1);
    assertThat(
            new String(
                rest.get(path + "/metrics/stream").response().body(), StandardCharsets.UTF_8))
        .contains("event: state")
        .endsWith("event: end\ndata: \"CANCELLED\"\n\n");
  }

  @Test
  void aCapThatIsTooSmallIsRefusedAndNothingIsSpent() {
    credit(2);

    var answer = rest.post("/api/v1/jobs", job(0.0001));

    assertThat(answer.status()).as("%s", answer).isEqualTo(422);
    assertThat(answer.json().get("limit").asString()).isNotBlank();
    assertThat(budget().get("spent").asLong() + budget().get("held").asLong()).isZero();
    assertThat(rest.get("/api/v1/jobs?team=" + team).json().get("items").size()).isZero();
  }

  @Test
  void anUnknownProtocolIsRefusedWithTheKnownOnes() {
    var job = new HashMap<>(job(0.5));
    job.put("protocol", "magic");

    var answer = rest.post("/api/v1/jobs", job);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("limit").asString()).contains("LORA", "LINEAR_PROBE");
  }

  private Map<String, Object> job(double gpuHours) {
    var version = register(Samples.images("a", "b")).json().get("id").asString();
    var model =
        rest.upload(
            "POST", "/api/v1/models?name=tiny&team=" + team, "application/zip", Samples.model());
    assertThat(model.status()).as("%s", model).isEqualTo(201);
    return Map.of(
        "team",
        team,
        "name",
        "Flowers",
        "model",
        model.json().get("id").asString(),
        "datasetVersion",
        version,
        "protocol",
        "auto",
        "gpuHours",
        gpuHours);
  }

  private Rest.Answer register(byte[] images) {
    return rest.upload(
        "POST", "/api/v1/datasets?team=" + team + "&name=Flowers", "application/zip", images);
  }

  private Rest.Answer credit(double gpuHours) {
    return rest.post(
        "/api/v1/teams/" + team + "/budget/credits",
        Map.of("gpuHours", gpuHours, "reason", "for the test"));
  }

  private JsonNode budget() {
    return rest.get("/api/v1/teams/" + team + "/budget").json();
  }

  private String tokenOfAStranger() {
    var accounts = platform.getBean(Accounts.class);
    var login = "stranger" + UUID.randomUUID().toString().substring(0, 8);
    accounts.createUser(Admin.principal(platform), new NewUser(login, "Stranger", Admin.PASSWORD));
    var who = (SignIn.Accepted) accounts.signIn(login, Admin.PASSWORD, "test");
    return platform
        .getBean(Tokens.class)
        .create(accounts.principal(who.who()).orElseThrow(), "t", Duration.ofHours(1))
        .token();
  }

  private static BodyPublisher noBody() {
    return BodyPublishers.noBody();
  }
}
