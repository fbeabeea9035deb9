package io.espalier.house;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the REST interface of a platform and reads its JSON. */
public final class Rest {

  public static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;
  private volatile String token = "";

  public Rest(URI base) {
    this.base = base;
  }

  /** From now on every call carries this token. */
  public void use(String bearer) {
    token = bearer;
  }

  /** The platform says no, and why. */
  public static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    public final transient JsonNode problem;
    public final int status;

    Refusal(int status, JsonNode problem) {
      super(problem.path("detail").asString("status " + status));
      this.status = status;
      this.problem = problem;
    }
  }

  public JsonNode get(String path) throws IOException, InterruptedException, Refusal {
    return json(request(path).GET());
  }

  public JsonNode post(String path, Object body) throws IOException, InterruptedException, Refusal {
    BodyPublisher text = BodyPublishers.ofString(JSON.writeValueAsString(body));
    return json(request(path).header("Content-Type", "application/json").POST(text));
  }

  /** A post that the platform carries out once, however often it arrives. */
  public JsonNode postOnce(String path, Object body, String key)
      throws IOException, InterruptedException, Refusal {
    BodyPublisher text = BodyPublishers.ofString(JSON.writeValueAsString(body));
    return json(
        request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(text));
  }

  /** Sends a file as it is; nothing of it is held in memory. */
  public JsonNode upload(String path, Path file) throws IOException, InterruptedException, Refusal {
    return json(
        request(path)
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofFile(file)));
  }

  public void download(String path, Path target) throws IOException, InterruptedException, Refusal {
    HttpResponse<InputStream> response =
        client.send(request(path).GET().build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) throw refusal(response.statusCode(), body.readAllBytes());
      Files.createDirectories(target.getParent());
      Files.copy(body, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(base.resolve("/api/v1/" + path)).timeout(LONGEST);
    if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
    return request;
  }

  private JsonNode json(HttpRequest.Builder request)
      throws IOException, InterruptedException, Refusal {
    HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
    int status = response.statusCode();
    if (status < 200 || status > 299) throw refusal(status, response.body());
    return response.body().length == 0 ? JSON.nullNode() : JSON.readTree(response.body());
  }

  private static Refusal refusal(int status, byte[] body) {
    try {
      return new Refusal(status, JSON.readTree(body));
    } catch (JacksonException notJson) {
      return new Refusal(status, JSON.createObjectNode());
    }
  }
}
