package io.espalier.web.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import io.espalier.web.Samples;
import io.espalier.web.Unfinished;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;

/** The wire as an agent sees it; what the messages do is tested with the services. */
@PlatformTest
class AgentEndpointTest {

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private Rest admin;
  private Rest agent;
  private String agentId;

  @BeforeEach
  void enrol() {
    Unfinished.cancelAll(platform);
    admin = Rest.anonymous(port).bearing(Admin.token(platform));
    var token = admin.post("/api/v1/agents/join-tokens").json().get("token").asString();
    var name = "host-" + UUID.randomUUID();
    var enrolment = Map.of("joinToken", token, "name", name);
    var enrolled = Rest.anonymous(port).post("/agent/v1/enrol", enrolment);
    assertThat(enrolled.status()).as("%s", enrolled).isEqualTo(200);
    agentId = enrolled.json().get("agentId").asString();
    agent = Rest.anonymous(port).bearing(enrolled.json().get("credential").asString());

    var again = Rest.anonymous(port).post("/agent/v1/enrol", enrolment);
    assertThat(again.status()).as("a join token works once").isBetween(400, 499);
  }

  /** The next test's agent must get the next job. */
  @AfterEach
  void drain() {
    assertThat(admin.post("/api/v1/agents/" + agentId + "/drain").status()).isEqualTo(204);
  }

  @Test
  void anAgentIsToldItsPeriodsAndThatThereIsNothingToDo() {
    var hello = hello();
    var desired = agent.get("/agent/v1/desired?since=-1&wait=0s");

    assertThat(hello.get("heartbeatMillis").asLong()).isPositive();
    assertThat(hello.get("stopAfterMillis").asLong()).isPositive();
    assertThat(desired.status()).isEqualTo(200);
    assertThat(desired.json().get("leases").size()).isZero();
  }

  @Test
  void theLongPollWaitsAsLongAsAskedFor() {
    hello();
    long version = agent.get("/agent/v1/desired").json().get("version").asLong();
    long began = System.nanoTime();

    var desired = agent.get("/agent/v1/desired?since=" + version + "&wait=1s");

    assertThat(desired.status()).isEqualTo(200);
    assertThat(System.nanoTime() - began).isGreaterThan(900_000_000L);
    assertThat(agent.get("/agent/v1/desired?wait=soon").status()).isEqualTo(400);
  }

  @Test
  void aLeaseOpensItsOwnContentsOnly() throws Exception {
    hello();
    var images = Samples.images("a", "b");
    submit(images);

    var lease = awaitLease();
    var blobs = "/agent/v1/leases/" + lease.get("leaseId").asString() + "/blobs/";
    var dataset = blobs + sha256(images);

    assertThat(agent.get(dataset).response().body()).isEqualTo(images);
    var part = agent.with("Range", "bytes=10-19").get(dataset);
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.header("Content-Range")).isEqualTo("bytes 10-19/" + images.length);
    assertThat(part.response().body()).isEqualTo(Arrays.copyOfRange(images, 10, 20));
    assertThat(agent.get(blobs + "0".repeat(64)).status()).isEqualTo(404);
    assertThat(
            agent
                .get("/agent/v1/leases/" + UUID.randomUUID() + "/blobs/" + sha256(images))
                .status())
        .isEqualTo(409);

    var made = "trained weights".getBytes(StandardCharsets.UTF_8);
    var target = blobs + sha256(made);
    var type = "application/octet-stream";
    assertThat(agent.send("HEAD", target, noBody()).status()).isEqualTo(404);
    assertThat(agent.upload("PUT", target, type, made).status()).isEqualTo(204);
    assertThat(agent.upload("PUT", target, type, made).status()).isEqualTo(204);
    assertThat(agent.send("HEAD", target, noBody()).status()).isEqualTo(200);
    assertThat(agent.upload("PUT", blobs + "0".repeat(64), type, made).status()).isEqualTo(400);

    var heartbeat =
        Map.of(
            "leaseId", lease.get("leaseId").asString(),
            "epoch", lease.get("epoch").asLong(),
            "firstSequence", 0,
            "events", List.of(),
            "aFieldOfTheFuture", "ignored");
    var verdict = agent.post("/agent/v1/events", Map.of("leases", List.of(heartbeat))).json();
    assertThat(verdict.get("verdicts").get(0).get("outcome").asString()).isEqualTo("ACCEPTED");
  }

  @Test
  void anUnknownEventIsRefusedByName() {
    hello();
    var event = Map.of("kind", "TELEPORTED", "at", "2026-11-22T10:00:00Z");
    var lease =
        Map.of(
            "leaseId", UUID.randomUUID(), "epoch", 1, "firstSequence", 0, "events", List.of(event));

    var answer = agent.post("/agent/v1/events", Map.of("leases", List.of(lease)));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
  }

  private JsonNode hello() {
    var answer =
        agent.post(
            "/agent/v1/hello",
            Map.of(
                "host",
                    Map.of(
                        "hostname",
                        "test",
                        "agentVersion",
                        "test",
                        "cores",
                        2,
                        "memoryBytes",
                        1L << 33,
                        "freeDiskBytes",
                        1L << 33),
                "slots", List.of(Map.of("index", 0, "pool", "cpu", "memoryBytes", 1L << 32)),
                "running", List.of(),
                "number", 1));
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    return answer.json();
  }

  private void submit(byte[] images) {
    var team =
        admin
            .post("/api/v1/teams", Map.of("name", "Team " + UUID.randomUUID()))
            .json()
            .get("id")
            .asString();
    admin.post(
        "/api/v1/teams/" + team + "/budget/credits", Map.of("gpuHours", 1, "reason", "test"));
    var zip = "application/zip";
    var version = admin.upload("POST", "/api/v1/datasets?name=d&team=" + team, zip, images).json();
    var model =
        admin.upload("POST", "/api/v1/models?name=m&team=" + team, zip, Samples.model()).json();
    var job =
        admin.post(
            "/api/v1/jobs",
            Map.of(
                "team",
                team,
                "name",
                "j",
                "model",
                model.get("id").asString(),
                "datasetVersion",
                version.get("id").asString(),
                "gpuHours",
                0.5));
    assertThat(job.status()).as("%s", job).isEqualTo(201);
  }

  private JsonNode awaitLease() {
    long since = -1;
    for (int i = 0; i < 20; i++) {
      var desired = agent.get("/agent/v1/desired?since=" + since + "&wait=5s").json();
      if (!desired.get("leases").isEmpty()) return desired.get("leases").get(0);
      since = desired.get("version").asLong();
    }
    throw new AssertionError("No lease was granted");
  }

  private static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private static BodyPublisher noBody() {
    return BodyPublishers.noBody();
  }
}
