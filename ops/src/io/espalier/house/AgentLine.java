package io.espalier.house;

import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** The agents' protocol over HTTP, as a daemon speaks it. */
public final class AgentLine {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final HttpClient client;
  private final URI base;
  private final String credential;

  /** Many lines may share a client, and then its connections. */
  public AgentLine(HttpClient client, URI node, String credential) {
    this.client = client;
    this.base = node.resolve("/agent/v1/");
    this.credential = credential;
  }

  public Hello.Answer hello(Hello.Request request) throws IOException, InterruptedException {
    return post("hello", request, Hello.Answer.class);
  }

  public Events.Answer report(Events.Request request) throws IOException, InterruptedException {
    return post("events", request, Events.Answer.class);
  }

  public Desired desired(long since, Duration wait) throws IOException, InterruptedException {
    var request =
        request("desired?since=" + since + "&wait=" + wait.toSeconds() + "s")
            .timeout(wait.plus(ANSWER))
            .GET()
            .build();
    return send(request, Desired.class);
  }

  private <T> T post(String path, Object message, Class<T> type)
      throws IOException, InterruptedException {
    var request =
        request(path)
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(message)))
            .build();
    return send(request, type);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("Authorization", "Bearer " + credential);
  }

  private <T> T send(HttpRequest request, Class<T> type) throws IOException, InterruptedException {
    var response = client.send(request, BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          request.uri().getPath()
              + " answered "
              + response.statusCode()
              + ": "
              + new String(response.body()));
    }
    return JSON.readValue(response.body(), type);
  }
}
