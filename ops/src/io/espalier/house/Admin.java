package io.espalier.house;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The first admin of a fresh platform, who speaks REST to any of its nodes. */
public final class Admin {

  private final String token;

  private Admin(String token) {
    this.token = token;
  }

  public static Admin setUp(URI node, String code)
      throws IOException, InterruptedException, Rest.Refusal {
    JsonNode answer =
        new Rest(node)
            .post(
                "setup",
                Map.of(
                    "code", code,
                    "login", "ada",
                    "name", "Ada",
                    "password", "correct horse battery staple"));
    return new Admin(answer.path("token").path("token").asString());
  }

  /** One who was set up in an earlier run. */
  public static Admin withToken(String token) {
    return new Admin(token);
  }

  public String token() {
    return token;
  }

  /** A connection of its own to a node. */
  public Rest at(URI node) {
    var rest = new Rest(node);
    rest.use(token);
    return rest;
  }

  /** A team with GPU-hours and a data set: all that a submission names but the model. */
  public Team team(URI node, String name, double gpuHours, Path images)
      throws IOException, InterruptedException, Rest.Refusal {
    Rest rest = at(node);
    String team = rest.post("teams", Map.of("name", name)).path("id").asString();
    rest.post(
        "teams/" + team + "/budget/credits", Map.of("gpuHours", gpuHours, "reason", "a start"));
    String version =
        rest.upload("datasets?team=" + team + "&name=drawn", images).path("id").asString();
    for (JsonNode model : rest.get("models")) {
      if (model.path("reads").asString().equals("IMAGE")) {
        return new Team(team, model.path("id").asString(), version);
      }
    }
    throw new IOException("the platform offers no model that reads images");
  }

  public record Team(String id, String model, String version) {

    /** What is posted to submit a job. */
    public Map<String, Object> job(String protocol, double gpuHours, long seed) {
      var job = new LinkedHashMap<String, Object>();
      job.put("team", id);
      job.put("name", "a job");
      job.put("model", model);
      job.put("datasetVersion", version);
      job.put("protocol", protocol);
      job.put("gpuHours", gpuHours);
      job.put("seed", seed);
      return job;
    }
  }
}
