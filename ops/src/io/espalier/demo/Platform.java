package io.espalier.demo;

import io.espalier.house.Rest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What the demo asks of a platform, in the platform's words. */
final class Platform {

  private static final String LOGIN = "demo";

  private final Rest rest;
  private String team = "";

  Platform(Rest rest) {
    this.rest = rest;
  }

  record Admin(String login, String password) {
    String signIn() {
      return "; sign in as \"%s\" with the password %s".formatted(login, password);
    }
  }

  /** Makes the first user, who is an admin, and a team; all later calls are that user's. */
  Admin setUp(String oneTimeCode) throws IOException, InterruptedException, Rest.Refusal {
    var admin = new Admin(LOGIN, password());
    JsonNode answer =
        rest.post(
            "setup",
            Map.of(
                "code",
                oneTimeCode,
                "login",
                admin.login(),
                "name",
                "Demo admin",
                "password",
                admin.password()));
    rest.use(answer.path("token").path("token").asString());
    team = rest.post("teams", Map.of("name", "Demo team")).path("id").asString();
    return admin;
  }

  private static String password() {
    var secret = new byte[10];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  void fund(double gpuHours) throws IOException, InterruptedException, Rest.Refusal {
    rest.post("teams/" + team + "/budget/credits", Map.of("gpuHours", gpuHours, "reason", "demo"));
  }

  /** GPU-seconds that the team has spent. */
  double spentSeconds() throws IOException, InterruptedException, Rest.Refusal {
    return rest.get("teams/" + team + "/budget").path("spent").asLong() / 1000.0;
  }

  /**
   * A version of a data set.
   *
   * @param reads what a model for it must read, as the platform names it
   */
  record Data(String id, String reads) {}

  /** Uploads a data set, whose layout the platform finds out. */
  Data register(Path file, String name) throws IOException, InterruptedException, Rest.Refusal {
    JsonNode version = rest.upload("datasets?team=" + team + "&name=" + encoded(name), file);
    boolean texts = version.path("layout").path("kind").asString().equals("TEXT_TABLE");
    return new Data(version.path("id").asString(), texts ? "TEXT" : "IMAGE");
  }

  /** The id of a model that is imported, or of the starter that can read the data. */
  String baseModel(Optional<Path> zip, Data data)
      throws IOException, InterruptedException, Rest.Refusal {
    if (zip.isPresent()) {
      String name = zip.get().getFileName().toString().replaceFirst("\\.zip$", "");
      return rest.upload("models?team=" + team + "&name=" + encoded(name), zip.get())
          .path("id")
          .asString();
    }
    for (JsonNode model : rest.get("models")) {
      if (model.path("name").asString().startsWith("starter")
          && model.path("reads").asString().equals(data.reads())) {
        return model.path("id").asString();
      }
    }
    throw new IOException("the platform offers no starter model that reads " + data.reads());
  }

  JsonNode submit(String model, String dataset, String protocol, double gpuHours)
      throws IOException, InterruptedException, Rest.Refusal {
    return rest.postOnce(
        "jobs",
        Map.of(
            "team", team,
            "name", "First fine-tune",
            "model", model,
            "datasetVersion", dataset,
            "protocol", protocol,
            "gpuHours", gpuHours),
        UUID.randomUUID().toString());
  }

  JsonNode job(String id) throws IOException, InterruptedException, Rest.Refusal {
    return rest.get("jobs/" + id);
  }

  /** Everything about a job that has ended; its artifacts are fetched into {@code folder}. */
  Outcome outcome(JsonNode job, Path folder, double seconds)
      throws IOException, InterruptedException, Rest.Refusal {
    String id = job.path("id").asString();
    return new Outcome(
        job.path("state").asString(),
        job,
        rest.get("jobs/" + id + "/cost").path("mostHeld").asLong() / 1000.0,
        job.path("spent").asLong() / 1000.0,
        secondsInState(rest.get("jobs/" + id + "/timeline")),
        fetchArtifacts(id, folder.resolve(id)),
        seconds);
  }

  private static Map<String, Double> secondsInState(JsonNode timeline) {
    var seconds = new LinkedHashMap<String, Double>();
    for (int i = 0; i + 1 < timeline.size(); i++) {
      Instant from = Instant.parse(timeline.get(i).path("at").asString());
      Instant to = Instant.parse(timeline.get(i + 1).path("at").asString());
      String state = timeline.get(i).path("to").asString();
      seconds.merge(state, Duration.between(from, to).toMillis() / 1000.0, Double::sum);
    }
    return seconds;
  }

  /** The folders that were filled, one per artifact. */
  private List<Path> fetchArtifacts(String job, Path folder)
      throws IOException, InterruptedException, Rest.Refusal {
    var filled = new ArrayList<Path>();
    for (JsonNode artifact : rest.get("jobs/" + job + "/artifacts")) {
      Path into = folder.resolve(artifact.path("kind").asString().toLowerCase());
      for (JsonNode file : artifact.path("files")) {
        String name = file.path("name").asString();
        Path target = into.resolve(name).normalize();
        if (!target.startsWith(into)) throw new IOException("an artifact has a file " + name);
        rest.download(
            "jobs/%s/artifacts/%s/files/%s"
                .formatted(job, artifact.path("id").asString(), encoded(name).replace("%2F", "/")),
            target);
      }
      filled.add(into);
    }
    return filled;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
