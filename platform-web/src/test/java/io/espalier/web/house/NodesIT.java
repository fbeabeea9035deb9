package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Rest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Two platforms on one PostgreSQL. A job is submitted to one of them and trained by an agent of the
 * other, which is killed; then both are restarted in turn. The job ends, and nothing is done twice.
 */
class NodesIT {

  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  void aJobOutlivesANodeAndARollingRestart() throws Exception {
    try (var database = new SharedDatabase();
        var first = new House(database.settings());
        var second = new House(database.settings());
        var switchboard = new Switchboard(List.of(first, second))) {
      first.open();
      second.open();
      // The code of the last start is the valid one.
      var tenant = Tenant.settleIn(second);
      var version = tenant.register(second.drawnImages(60));
      var elm = second.host("elm");
      elm.run("elm", joinCommand(tenant, switchboard));
      House.await("elm to join", SOON, () -> tenant.agent("elm").filter(NodesIT::isLive));

      var job = tenant.submit(version, "full", 0.5);
      tenant.awaitTraining(job, 5);
      var trainers = elm.trainerIds();
      first.killPlatform();
      int before = steps(tenant.job(job));
      tenant.awaitTraining(job, before + 5);
      assertThat(elm.trainerIds()).as("the same process").isEqualTo(trainers);

      first.open();
      second.closePlatform();
      second.open();
      House.await("the second node", SOON, () -> sound(tenant.rest()));

      var ended = tenant.awaitEnd(job);
      assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("SUCCEEDED");
      for (var task : List.of("PROFILE", "TRAIN", "EVALUATE")) {
        assertThat(tenant.starts(job, task)).as("starts of " + task).hasSize(1);
      }
      assertThat(tenant.violations()).isEmpty();
    }
  }

  /** The command that a node prints names that node; agents of several call what stands before. */
  private static String joinCommand(Tenant tenant, Switchboard switchboard) {
    var answer = tenant.rest().post("/api/v1/agents/join-tokens", Map.of());
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    return answer
        .json()
        .path("command")
        .asString()
        .replaceFirst("--platform \\S+", "--platform " + switchboard.url());
  }

  private static boolean isLive(JsonNode agent) {
    return agent.path("live").asBoolean() && agent.path("slots").size() == 1;
  }

  private static int steps(JsonNode job) {
    return job.path("running").path("progress").path("done").asInt(0);
  }

  private static Optional<JsonNode> sound(Rest rest) {
    var answer = rest.get("/api/v1/invariants");
    return answer.status() == 200 ? Optional.of(answer.json()) : Optional.empty();
  }
}
