package io.espalier.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.espalier.agent.platform.WireFormat;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A platform that speaks the agent protocol on a loopback port, keeps what it is told in memory,
 * and notes every breach of the contract. It can go away and come back, as the real one does.
 */
public final class FakePlatform implements AutoCloseable {

  public static final String JOIN_TOKEN = "join-me";

  private static final long HEARTBEAT_MILLIS = 200;

  private final Map<UUID, Desired.Lease> desired = new LinkedHashMap<>();
  private final Map<UUID, List<TrainerEvent>> told = new HashMap<>();
  private final Map<UUID, Events.Outcome> refused = new HashMap<>();
  private final Map<String, byte[]> blobs = new HashMap<>();
  private final Map<String, Integer> pieces = new HashMap<>();
  private final Map<String, Integer> corruptions = new HashMap<>();
  private final List<Hello.Request> hellos = new ArrayList<>();
  private final List<String> breaches = new ArrayList<>();
  private final Set<String> joinTokens = new java.util.HashSet<>(Set.of(JOIN_TOKEN));
  private final Deque<Integer> strangeAnswers = new ArrayDeque<>();
  private String credential = "";
  private long version;
  private long validMillis = 3_000;
  private int heartbeats;

  private int port;
  private HttpServer server;
  private ExecutorService threads;

  public FakePlatform() throws IOException {
    listen(0);
  }

  private void listen(int onPort) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort), 0);
    port = server.getAddress().getPort();
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/agent/v1/", this::handle);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  // ── What a test makes of it ───────────────────────────────────────────────────────────────────

  public void goAway() {
    server.stop(0);
    threads.shutdownNow();
  }

  public void comeBack() throws IOException {
    listen(port);
  }

  synchronized void forgetCredential() {
    credential = "forgotten";
  }

  synchronized void accept(String joinToken) {
    joinTokens.add(joinToken);
  }

  synchronized void renewFor(Duration span) {
    validMillis = span.toMillis();
  }

  /** The next reports are answered with these statuses, and not read. */
  synchronized void answerReportsWith(Integer... statuses) {
    strangeAnswers.addAll(List.of(statuses));
  }

  synchronized boolean hasAnsweredStrangely() {
    return strangeAnswers.isEmpty();
  }

  /** Stores a content for leases to name. */
  synchronized NamedBlob hold(String name, byte[] content) {
    String sha256 = sha256(content);
    blobs.put(sha256, content);
    return new NamedBlob(name, new Blob(sha256, content.length));
  }

  synchronized void corruptNextAnswers(NamedBlob blob, int count) {
    corruptions.put(blob.blob().sha256(), count);
  }

  synchronized void lose(NamedBlob blob) {
    blobs.remove(blob.blob().sha256());
  }

  synchronized void desire(Desired.Lease lease) {
    desired.put(lease.leaseId(), lease);
    changed();
  }

  synchronized void wish(UUID leaseId, Desired.Wish wish) {
    desired.computeIfPresent(
        leaseId,
        (_, lease) ->
            new Desired.Lease(
                leaseId, lease.epoch(), lease.slots(), lease.validMillis(), wish, lease.task()));
    changed();
  }

  synchronized void noLongerDesire(UUID leaseId) {
    desired.remove(leaseId);
    refused.put(leaseId, Events.Outcome.ENDED);
    changed();
  }

  /** From now on every report of the lease is answered so. */
  synchronized void refuse(UUID leaseId, Events.Outcome outcome) {
    refused.put(leaseId, outcome);
  }

  private void changed() {
    version++;
    notifyAll();
  }

  // ── What a test asks it ───────────────────────────────────────────────────────────────────────

  synchronized List<TrainerEvent> told(UUID leaseId) {
    return List.copyOf(told.getOrDefault(leaseId, List.of()));
  }

  synchronized <E extends TrainerEvent> List<E> told(UUID leaseId, Class<E> kind) {
    return told(leaseId).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  synchronized boolean isOver(UUID leaseId) {
    return told(leaseId).stream().anyMatch(TrainerEvent::isLast);
  }

  public synchronized boolean holds(String sha256) {
    return blobs.containsKey(sha256);
  }

  synchronized int piecesSent(NamedBlob blob) {
    return pieces.getOrDefault(blob.blob().sha256(), 0);
  }

  synchronized List<Hello.Request> hellos() {
    return List.copyOf(hellos);
  }

  synchronized int heartbeats() {
    return heartbeats;
  }

  synchronized List<String> breaches() {
    return List.copyOf(breaches);
  }

  // ── The protocol ──────────────────────────────────────────────────────────────────────────────

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath().substring("/agent/v1/".length());
      String call = exchange.getRequestMethod() + " " + path.replaceAll("/.*", "");
      if (!call.equals("POST enrol") && !isKnown(exchange)) {
        answer(exchange, 401, problem("this credential is not known"));
        return;
      }
      switch (call) {
        case "POST enrol" -> enrol(exchange, read(body, Enrolment.Request.class));
        case "POST hello" -> answer(exchange, 200, hello(read(body, Hello.Request.class)));
        case "POST events" -> {
          Integer strange = nextStrangeAnswer();
          if (strange == null) answer(exchange, 200, events(read(body, Events.Request.class)));
          else answer(exchange, strange, problem("a status of " + strange));
        }
        case "GET desired" -> answer(exchange, 200, desired(exchange.getRequestURI().getQuery()));
        case "GET leases" -> download(exchange, path.substring(path.lastIndexOf('/') + 1));
        case "PUT leases" -> upload(exchange, path.substring(path.lastIndexOf('/') + 1), body);
        default -> answer(exchange, 404, problem("nobody knows " + call));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Integer nextStrangeAnswer() {
    return strangeAnswers.poll();
  }

  private synchronized boolean isKnown(HttpExchange exchange) {
    return ("Bearer " + credential).equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private void enrol(HttpExchange exchange, Enrolment.Request request) throws IOException {
    Enrolment.Answer answer;
    synchronized (this) {
      if (!joinTokens.remove(request.joinToken())) {
        answer = null;
      } else {
        credential = "secret-" + UUID.randomUUID();
        answer = new Enrolment.Answer(UUID.randomUUID(), credential, Instant.now().plusSeconds(60));
      }
    }
    if (answer == null) {
      answer(exchange, 401, problem("this join token is not known, or was used"));
    } else {
      answer(exchange, 200, answer);
    }
  }

  private synchronized Hello.Answer hello(Hello.Request request) {
    hellos.add(request);
    return new Hello.Answer(HEARTBEAT_MILLIS, validMillis);
  }

  private synchronized Desired desired(String query) throws InterruptedException {
    long since = Long.parseLong(query.replaceAll(".*since=(-?\\d+).*", "$1"));
    long wait = Long.parseLong(query.replaceAll(".*wait=(\\d+)s.*", "$1"));
    Instant end = Instant.now().plusSeconds(wait);
    while (version <= since && Instant.now().isBefore(end)) wait(100);
    return new Desired(version, List.copyOf(desired.values()));
  }

  private synchronized Events.Answer events(Events.Request request) {
    heartbeats++;
    return new Events.Answer(request.leases().stream().map(this::verdict).toList());
  }

  private Events.Verdict verdict(Events.OfLease report) {
    List<TrainerEvent> known = told.computeIfAbsent(report.leaseId(), _ -> new ArrayList<>());
    Events.Outcome outcome = refused.get(report.leaseId());
    if (outcome != null) return new Events.Verdict(report.leaseId(), outcome, known.size(), 0);
    if (!report.events().isEmpty() && report.firstSequence() > known.size()) {
      breaches.add("a gap before event " + report.firstSequence());
    }
    for (int i = 0; i < report.events().size(); i++) {
      int number = (int) report.firstSequence() + i;
      TrainerEvent event = report.events().get(i);
      if (number < known.size()) {
        if (!known.get(number).equals(event)) breaches.add("event " + number + " has changed");
      } else {
        store(report.leaseId(), known, event);
      }
    }
    return new Events.Verdict(report.leaseId(), Events.Outcome.ACCEPTED, known.size(), validMillis);
  }

  private void store(UUID leaseId, List<TrainerEvent> known, TrainerEvent event) {
    for (NamedBlob file : event.files()) {
      if (!blobs.containsKey(file.blob().sha256())) breaches.add(file + " was not uploaded first");
    }
    if (known.stream().anyMatch(TrainerEvent::isLast))
      breaches.add(event + " after the last event");
    known.add(event);
    if (event.isLast()) {
      desired.remove(leaseId);
      changed();
    }
  }

  private void download(HttpExchange exchange, String sha256) throws IOException {
    byte[] piece;
    synchronized (this) {
      byte[] content = blobs.get(sha256);
      if (content == null) {
        piece = null;
      } else {
        String[] range =
            exchange.getRequestHeaders().getFirst("Range").replace("bytes=", "").split("-", -1);
        piece =
            Arrays.copyOfRange(content, Integer.parseInt(range[0]), Integer.parseInt(range[1]) + 1);
        pieces.merge(sha256, 1, Integer::sum);
        if (corruptions.merge(sha256, -1, Integer::sum) >= 0) piece[0] ^= 1;
      }
    }
    if (piece == null) {
      answer(exchange, 404, problem("no such content"));
      return;
    }
    exchange.sendResponseHeaders(206, piece.length);
    exchange.getResponseBody().write(piece);
  }

  private void upload(HttpExchange exchange, String sha256, byte[] body) throws IOException {
    synchronized (this) {
      if (sha256(body).equals(sha256)) blobs.put(sha256, body);
      else breaches.add("an upload does not have the hash " + sha256);
    }
    exchange.sendResponseHeaders(204, -1);
  }

  private static Map<String, String> problem(String detail) {
    return Map.of("title", "Refused", "detail", detail);
  }

  private static <T> T read(byte[] body, Class<T> type) {
    return WireFormat.JSON.readValue(new String(body, UTF_8), type);
  }

  private static void answer(HttpExchange exchange, int status, Object message) throws IOException {
    byte[] body = WireFormat.JSON.writeValueAsBytes(message);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  public static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void close() {
    goAway();
  }
}
