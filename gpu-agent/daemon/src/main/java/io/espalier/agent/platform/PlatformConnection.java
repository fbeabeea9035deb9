package io.espalier.agent.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import java.io.FileNotFoundException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Calls the platform. Each method sends one message and has a limit on the time that the whole
 * exchange may take, body included: a connection that was cut without a word is a failure, not a
 * wait. A {@link PlatformAway} is worth another try, a {@link PlatformRefused} is not.
 */
public final class PlatformConnection {

  /** Contents are fetched in pieces of this size, so a broken transfer loses little. */
  public static final int PIECE = 8 << 20;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration TRANSFER = Duration.ofSeconds(60);
  private static final long SLOWEST_BYTES_PER_SECOND = 100_000;

  /** Statuses below 500 that tell of a moment, not of the request. */
  private static final Set<Integer> PASSING = Set.of(408, 425, 429);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final URI base;
  private final Supplier<String> credential;

  /**
   * @param base such as {@code http://platform:8080}
   * @param credential asked for with every request, since it may be renewed
   */
  public PlatformConnection(URI base, Supplier<String> credential) {
    this.base = base;
    this.credential = credential;
  }

  /** Exchanges a join token for a credential. */
  public static Enrolment.Answer enrol(URI base, Enrolment.Request request)
      throws PlatformAway, InterruptedException, PlatformRefused {
    var connection = new PlatformConnection(base, () -> "");
    return connection.post("enrol", request, Enrolment.Answer.class);
  }

  public Hello.Answer hello(Hello.Request request)
      throws PlatformAway, InterruptedException, PlatformRefused {
    return post("hello", request, Hello.Answer.class);
  }

  public Events.Answer report(Events.Request request)
      throws PlatformAway, InterruptedException, PlatformRefused {
    return post("events", request, Events.Answer.class);
  }

  /** Answers when there is something newer than version {@code since}, or after {@code wait}. */
  public Desired desired(long since, Duration wait)
      throws PlatformAway, InterruptedException, PlatformRefused {
    var request =
        request("desired?since=" + since + "&wait=" + wait.toSeconds() + "s").GET().build();
    return read(send(request, wait.plus(ANSWER)), Desired.class);
  }

  /**
   * Bytes {@code first} to {@code last} (inclusive) of a content that {@code lease} names.
   *
   * @throws PlatformAway also when the answer is not exactly those bytes
   */
  public byte[] piece(UUID lease, String sha256, long first, long last)
      throws PlatformAway, InterruptedException, PlatformRefused {
    var request =
        request(blob(lease, sha256)).header("Range", "bytes=" + first + "-" + last).GET().build();
    HttpResponse<byte[]> response = send(request, TRANSFER);
    byte[] body = response.body();
    boolean whole = response.statusCode() == 200 && first == 0;
    boolean part = response.statusCode() == 206;
    if (!(part || whole) || body.length != last - first + 1) {
      throw new PlatformAway(
          "asked for bytes %d-%d of %s, got %d bytes with status %d"
              .formatted(first, last, sha256, body.length, response.statusCode()),
          null);
    }
    return body;
  }

  /** Stores the content of {@code file}; the platform compares it with the hash. */
  public void upload(UUID lease, Blob blob, Path file)
      throws FileNotFoundException, PlatformAway, InterruptedException, PlatformRefused {
    var request =
        request(blob(lease, blob.sha256()))
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofFile(file))
            .build();
    send(request, TRANSFER.plusSeconds(blob.bytes() / SLOWEST_BYTES_PER_SECOND));
  }

  private static String blob(UUID lease, String sha256) {
    return "leases/" + lease + "/blobs/" + sha256;
  }

  private <T> T post(String path, Object message, Class<T> answer)
      throws PlatformAway, InterruptedException, PlatformRefused {
    BodyPublisher body = BodyPublishers.ofByteArray(WireFormat.JSON.writeValueAsBytes(message));
    var request = request(path).header("Content-Type", "application/json").POST(body).build();
    return read(send(request, ANSWER), answer);
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(base.resolve("/agent/v1/" + path));
    String secret = credential.get();
    if (!secret.isEmpty()) request.header("Authorization", "Bearer " + secret);
    return request.header("Accept", "application/json, application/octet-stream");
  }

  /**
   * The answer, if it is one of success. The client's own time limit would end with the headers.
   */
  private HttpResponse<byte[]> send(HttpRequest request, Duration limit)
      throws PlatformAway, InterruptedException, PlatformRefused {
    var exchange = client.sendAsync(request, BodyHandlers.ofByteArray());
    HttpResponse<byte[]> response;
    try {
      response = exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new PlatformAway(request.uri() + " took longer than " + limit, late);
    } catch (ExecutionException failed) {
      throw new PlatformAway(
          request.method() + " " + request.uri() + ": " + failed.getCause(), failed.getCause());
    } finally {
      exchange.cancel(true);
    }
    int status = response.statusCode();
    if (status >= 200 && status < 300) return response;
    String message =
        "%s %s answered %d: %s"
            .formatted(request.method(), request.uri().getPath(), status, said(response.body()));
    // Nothing of the platform redirects an agent: that was a proxy, or a page of a failure.
    if (status < 400 || status >= 500 || PASSING.contains(status))
      throw new PlatformAway(message, null);
    throw new PlatformRefused(status, message);
  }

  private static <T> T read(HttpResponse<byte[]> response, Class<T> type) throws PlatformAway {
    try {
      return WireFormat.JSON.readValue(response.body(), type);
    } catch (JacksonException unreadable) {
      throw new PlatformAway(
          response.uri() + " answered something that is no " + type.getSimpleName(), unreadable);
    }
  }

  /** The sentence of a problem document, or the beginning of whatever came instead. */
  private static String said(byte[] body) {
    try {
      JsonNode detail = WireFormat.JSON.readTree(body).path("detail");
      if (detail.isString()) return detail.stringValue();
    } catch (JacksonException notJson) {
      // A proxy in between speaks HTML; its beginning says enough.
    }
    String text = new String(body, UTF_8).strip();
    return text.substring(0, Math.min(200, text.length()));
  }
}
