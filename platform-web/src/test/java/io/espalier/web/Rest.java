package io.espalier.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a platform as a program would. */
public final class Rest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  private final String base;
  private final Map<String, String> headers;

  private Rest(String base, Map<String, String> headers) {
    this.base = base;
    this.headers = headers;
  }

  public static Rest anonymous(int port) {
    return new Rest("http://localhost:" + port, Map.of());
  }

  public Rest bearing(String credential) {
    return with("Authorization", "Bearer " + credential);
  }

  public Rest with(String header, String value) {
    var more = new TreeMap<>(headers);
    more.put(header, value);
    return new Rest(base, more);
  }

  public record Answer(int status, HttpResponse<byte[]> response) {

    public JsonNode json() {
      return JsonMapper.shared().readTree(response.body());
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /** For the message of a failed assertion. */
    @Override
    public String toString() {
      return status + " " + new String(response.body(), StandardCharsets.UTF_8);
    }
  }

  public Answer get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  public Answer post(String path) {
    return send("POST", path, BodyPublishers.noBody());
  }

  public Answer post(String path, Object body) {
    return with("Content-Type", "application/json")
        .send("POST", path, BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)));
  }

  public Answer put(String path, Object body) {
    return with("Content-Type", "application/json")
        .send("PUT", path, BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)));
  }

  public Answer upload(String method, String path, String type, byte[] body) {
    return with("Content-Type", type).send(method, path, BodyPublishers.ofByteArray(body));
  }

  public Answer send(String method, String path, BodyPublisher body) {
    var request = HttpRequest.newBuilder(URI.create(base + path)).method(method, body);
    headers.forEach(request::header);
    try {
      var response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
