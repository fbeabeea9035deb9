package io.espalier.web.house;

import io.espalier.web.Rest;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** What a program does with a platform: one method a wish, each fails with the answer. */
public final class RestUser {

  private final Rest rest;

  public RestUser(Rest rest) {
    this.rest = rest;
  }

  public Rest rest() {
    return rest;
  }

  /** A team with a budget; its id. */
  public String team(String name, double gpuHours) {
    var team = must(rest.post("/api/v1/teams", Map.of("name", name))).get("id").asString();
    must(
        rest.post(
            "/api/v1/teams/" + team + "/budget/credits",
            Map.of("gpuHours", gpuHours, "reason", "for tests")));
    return team;
  }

  /** The id of the version. */
  public String dataset(String team, String name, Path zip) {
    try {
      var path = "/api/v1/datasets?team=" + team + "&name=" + name;
      var body = BodyPublishers.ofFile(zip);
      return must(rest.with("Content-Type", "application/zip").send("POST", path, body))
          .get("id")
          .asString();
    } catch (FileNotFoundException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The id of the base model that the platform ships. */
  public String starter() {
    for (var model : must(rest.get("/api/v1/models"))) {
      if (model.get("name").asString().startsWith("starter-")) return model.get("id").asString();
    }
    throw new AssertionError("The platform offers no starter: " + rest.get("/api/v1/models"));
  }

  /**
   * @param protocol {@code auto} or one
   * @return the id of the job
   */
  public String submit(String team, String version, String protocol, double gpuHours) {
    return must(
            rest.post(
                "/api/v1/jobs",
                Map.of(
                    "team", team,
                    "name", protocol + " in the house",
                    "model", starter(),
                    "datasetVersion", version,
                    "protocol", protocol,
                    "gpuHours", gpuHours)))
        .get("id")
        .asString();
  }

  public JsonNode job(String id) {
    return must(rest.get("/api/v1/jobs/" + id));
  }

  /** {@code timeline}, {@code cost}, {@code metrics}, {@code artifacts} … */
  public JsonNode of(String job, String part) {
    return must(rest.get("/api/v1/jobs/" + job + "/" + part));
  }

  /** The job as soon as it is as wished; fails at once if it ends otherwise. */
  public JsonNode await(String id, Duration limit, Predicate<JsonNode> wished) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      var job = job(id);
      if (wished.test(job)) return job;
      var state = job.get("state").asString();
      if (state.equals("SUCCEEDED") || state.equals("FAILED") || state.equals("CANCELLED")) {
        throw new AssertionError("The job has ended otherwise: " + job + log(id));
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("Not within " + limit + ": " + job + log(id));
      }
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  public JsonNode awaitState(String id, String state, Duration limit) {
    return await(id, limit, job -> job.get("state").asString().equals(state));
  }

  private String log(String id) {
    return "\nIts log: " + rest.get("/api/v1/jobs/" + id + "/log?limit=200");
  }

  private static JsonNode must(Rest.Answer answer) {
    if (answer.status() / 100 != 2) throw new AssertionError("Refused: " + answer);
    return answer.json();
  }
}
