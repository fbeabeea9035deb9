package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A second host joins by the command that the platform prints. Two jobs run at once, a daemon is
 * killed over its trainer, and a host is drained: no job starts anything again that it has done.
 */
class HostsIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void hostsJoinShareTheWorkSurviveTheirDaemonAndHandTheirWorkOver() throws Exception {
    try (var house = new House(Map.of("ESPALIER_HEARTBEAT", "1s"))) {
      house.open();
      var tenant = Tenant.settleIn(house);
      var images = tenant.register(house.drawnImages(40));
      var elm = house.host("elm");

      var command = joinCommand(tenant);
      elm.run("elm", command);
      House.await("elm to join", SOON, () -> tenant.agent("elm").filter(HostsIT::isLive));

      var jobs = List.of(tenant.submit(images, "full", 0.5), tenant.submit(images, "full", 0.5));
      var onElm = awaitBothTraining(tenant, jobs);
      var onLocal = jobs.stream().filter(job -> !job.equals(onElm)).findFirst().orElseThrow();

      aNewDaemonTakesTheTrainerOver(tenant, elm, command, onElm);
      aDrainedHostHandsItsWorkOver(tenant, house, onLocal, onElm);

      for (var job : jobs) {
        var ended = tenant.awaitEnd(job);
        assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("SUCCEEDED");
      }
      assertThat(tenant.violations()).isEmpty();
    }
  }

  private static String joinCommand(Tenant tenant) {
    var answer = tenant.rest().post("/api/v1/agents/join-tokens");
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    var command = answer.json().path("command").asString();
    assertThat(command).startsWith("ops/agent --platform http://").contains(" --join esp_join_");
    assertThat(answer.json().path("hint").asString())
        .as("this platform listens on loopback")
        .contains("ESPALIER_BIND");
    return command;
  }

  private static boolean isLive(JsonNode agent) {
    return agent.path("live").asBoolean() && agent.path("slots").size() == 1;
  }

  /** The job that elm trains while the other one trains elsewhere. */
  private static String awaitBothTraining(Tenant tenant, List<String> jobs) {
    return House.await(
        "both jobs to train at once",
        Duration.ofMinutes(3),
        () -> {
          var agents = jobs.stream().map(job -> trainedOn(tenant, job)).toList();
          if (Set.copyOf(agents).size() < 2 || agents.contains("")) return Optional.empty();
          return Optional.of(jobs.get(agents.indexOf("elm")));
        });
  }

  private static String trainedOn(Tenant tenant, String job) {
    var running = tenant.job(job).path("running");
    boolean trains =
        running.path("task").asString("").equals("TRAIN")
            && running.path("progress").path("done").asInt(0) > 0;
    return trains ? running.path("agent").asString("") : "";
  }

  private static void aNewDaemonTakesTheTrainerOver(
      Tenant tenant, Host elm, String command, String job) {
    var trainers = elm.trainerIds();
    assertThat(trainers).hasSize(1);
    elm.killDaemon();
    int before = steps(tenant, job);
    elm.run("elm", command);
    tenant.awaitTraining(job, before + 10);
    assertThat(elm.trainerIds()).as("the same process").isEqualTo(trainers);
    assertThat(tenant.starts(job, "TRAIN")).as("never started again").hasSize(1);
  }

  private static void aDrainedHostHandsItsWorkOver(
      Tenant tenant, House house, String job, String other) {
    var local = tenant.job(job).path("running").path("agent").asString();
    tenant.awaitTraining(job, 10);
    tenant.order(local, "drain");
    House.await(
        "the drained job to pause",
        SOON,
        () -> Optional.of(job).filter(drained -> timeline(tenant, drained).contains("DRAIN")));
    assertThat(house.localHost().trainerIds()).as("on the drained host").isEmpty();
    assertThat(tenant.job(other).path("running").path("agent").asString()).isEqualTo("elm");

    tenant.order(local, "enable");
    tenant.awaitTask(job, "TRAIN");
    House.await(
        "the training to go on",
        SOON,
        () -> Optional.of(tenant.starts(job, "TRAIN")).filter(starts -> starts.size() == 2));
    assertThat(tenant.starts(job, "TRAIN").getLast())
        .as("from its checkpoint")
        .containsPattern("from step [1-9]\\d");
  }

  private static List<String> timeline(Tenant tenant, String job) {
    return tenant
        .rest()
        .get("/api/v1/jobs/" + job + "/timeline")
        .json()
        .findValuesAsString("reason");
  }

  private static int steps(Tenant tenant, String job) {
    return tenant.job(job).path("running").path("progress").path("done").asInt(0);
  }
}
