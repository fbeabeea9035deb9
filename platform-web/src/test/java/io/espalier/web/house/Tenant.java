package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Rest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** A team with a budget in a fresh house, and its admin, who speaks REST. */
public final class Tenant {

  public static final String LOGIN = "ada";
  public static final String PASSWORD = "correct horse battery staple";

  private static final Set<String> ENDS = Set.of("SUCCEEDED", "FAILED", "CANCELLED");

  private final Rest rest;
  private final String team;

  private Tenant(Rest rest, String team) {
    this.rest = rest;
    this.team = team;
  }

  /** Creates the first admin, a team and ten GPU-hours. */
  public static Tenant settleIn(House house) {
    var setup =
        house
            .rest()
            .post(
                "/api/v1/setup",
                Map.of(
                    "code",
                    house.setupCode(),
                    "login",
                    LOGIN,
                    "name",
                    "Ada",
                    "password",
                    PASSWORD));
    assertThat(setup.status()).as(setup.toString()).isEqualTo(201);
    var rest = house.rest().bearing(setup.json().path("token").path("token").asString());
    var team = id(rest.post("/api/v1/teams", Map.of("name", "vision")));
    rest.post(
        "/api/v1/teams/" + team + "/budget/credits", Map.of("gpuHours", 10, "reason", "a start"));
    return new Tenant(rest, team);
  }

  public Rest rest() {
    return rest;
  }

  /** The id of the team. */
  public String team() {
    return team;
  }

  /** Registers images, or tables in a zip; the id of the data set's version. */
  public String register(Path data) throws Exception {
    return id(
        rest.with("Content-Type", "application/zip")
            .send(
                "POST",
                "/api/v1/datasets?team=" + team + "&name=drawn",
                BodyPublishers.ofFile(data)));
  }

  private String starter(String reads) {
    for (var model : rest.get("/api/v1/models").json())
      if (model.path("reads").asString().equals(reads)) return model.path("id").asString();
    throw new IllegalStateException("no starter reads " + reads);
  }

  /** Submits a job on the starter model and images that are registered. */
  public String submit(String version, String protocol, double gpuHours) {
    return submit("IMAGE", version, protocol, gpuHours);
  }

  /** The same for data of a kind: {@code IMAGE} or {@code TEXT}. */
  public String submit(String reads, String version, String protocol, double gpuHours) {
    return id(
        rest.with("Idempotency-Key", UUID.randomUUID().toString())
            .post(
                "/api/v1/jobs",
                Map.of(
                    "team", team,
                    "name", "a job",
                    "model", starter(reads),
                    "datasetVersion", version,
                    "protocol", protocol,
                    "gpuHours", gpuHours)));
  }

  public JsonNode job(String id) {
    return rest.get("/api/v1/jobs/" + id).json();
  }

  /** Waits until the job trains and has at least {@code step} steps behind it. */
  public void awaitTraining(String id, int step) {
    House.await(
        "step " + step + " of the training",
        Duration.ofMinutes(5),
        () -> {
          var job = job(id);
          assertThat(ENDS).as(job.toString()).doesNotContain(job.path("state").asString());
          return Optional.of(job.path("running"))
              .filter(running -> running.path("task").asString("").equals("TRAIN"))
              .filter(running -> running.path("progress").path("done").asInt(0) >= step);
        });
  }

  /** Waits until a task of the job has a slot; what is known of it then. */
  public JsonNode awaitTask(String id, String task) {
    return House.await(
        "the task " + task,
        Duration.ofMinutes(3),
        () -> {
          var job = job(id);
          assertThat(ENDS).as(job.toString()).doesNotContain(job.path("state").asString());
          return Optional.of(job.path("running"))
              .filter(running -> running.path("task").asString("").equals(task))
              .filter(running -> running.path("leased").asBoolean());
        });
  }

  /** The lines of the job's log that say that a trainer has started on a task. */
  public List<String> starts(String id, String task) {
    return rest
        .get("/api/v1/jobs/" + id + "/log?limit=1000")
        .json()
        .findValuesAsString("text")
        .stream()
        .filter(line -> line.startsWith(task + " started on "))
        .toList();
  }

  /** What an admin sees of an agent. */
  public Optional<JsonNode> agent(String name) {
    return rest.get("/api/v1/agents")
        .json()
        .valueStream()
        .filter(agent -> agent.path("name").asString().equals(name))
        .findFirst();
  }

  /** {@code action}: drain or enable. */
  public void order(String agent, String action) {
    var id = agent(agent).orElseThrow().path("id").asString();
    var answer = rest.post("/api/v1/agents/" + id + "/" + action);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
  }

  public JsonNode awaitEnd(String id) {
    return House.await(
        "the end of the job",
        Duration.ofMinutes(8),
        () -> Optional.of(job(id)).filter(job -> ENDS.contains(job.path("state").asString())));
  }

  /** Sentences of the invariants checker; none if the ledger and all else hold. */
  public JsonNode violations() {
    return rest.get("/api/v1/invariants").json().path("violations");
  }

  private static String id(Rest.Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isIn(200, 201);
    return answer.json().path("id").asString();
  }
}
