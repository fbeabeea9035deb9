package io.espalier.bench.orchestration;

import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Estimate;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.house.AgentLine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Agents of many hosts in this process. Each speaks the protocol of a real one over HTTP, keeps its
 * long poll open and beats; its trainers have done their task as soon as they begin.
 */
final class SimulatedAgents implements AutoCloseable {

  private static final Duration LONG_POLL = Duration.ofSeconds(25);
  private static final long AGAIN_MILLIS = 200;

  private final List<Clones.Agent> agents;
  private final int slots;
  private final String pool;
  private final Supplier<URI> node;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;

  final Latencies reports = new Latencies();
  final LongAdder heartbeats = new LongAdder();
  final LongAdder points = new LongAdder();
  final LongAdder ended = new LongAdder();
  final LongAdder faults = new LongAdder();
  private volatile Consumer<Desired.Lease> granted = _ -> {};

  /** {@code node} is asked whenever an agent calls, so that it may move. */
  SimulatedAgents(List<Clones.Agent> agents, int slots, String pool, Supplier<URI> node) {
    this.agents = agents;
    this.slots = slots;
    this.pool = pool;
    this.node = node;
  }

  /** Whoever wants to know of each lease when it comes. */
  void onGrant(Consumer<Desired.Lease> listener) {
    granted = listener;
  }

  AgentLine line(Clones.Agent agent) {
    return new AgentLine(client, node.get(), agent.credential());
  }

  /** All of them say hello, a few at once. */
  void join() throws Exception {
    var gate = new java.util.concurrent.Semaphore(16);
    var joining = new ArrayList<java.util.concurrent.Future<?>>();
    for (Clones.Agent agent : agents) {
      gate.acquire();
      joining.add(
          threads.submit(
              () -> {
                try {
                  return line(agent).hello(hello());
                } finally {
                  gate.release();
                }
              }));
    }
    for (var one : joining) one.get();
  }

  private Hello.Request hello() {
    return new Hello.Request(
        new Hello.HostFacts("simulated", "0.1.0", 64, 1L << 38, 1L << 40),
        IntStream.range(0, slots)
            .mapToObj(index -> new Hello.SlotFacts(index, pool, 1L << 34, null))
            .toList(),
        List.of());
  }

  /** From now on every agent does what it is desired to, and beats every {@code period}. */
  void work(Duration period) {
    for (int i = 0; i < agents.size(); i++) {
      Clones.Agent agent = agents.get(i);
      long first = period.toMillis() * i / agents.size();
      threads.submit(
          () -> {
            follow(agent);
            return agent;
          });
      threads.submit(
          () -> {
            beat(agent, first, period.toMillis());
            return agent;
          });
    }
  }

  private void beat(Clones.Agent agent, long first, long period) throws InterruptedException {
    Thread.sleep(first);
    while (!closed) {
      long asked = System.nanoTime();
      try {
        line(agent).report(new Events.Request(List.of()));
        heartbeats.increment();
        reports.addSince(asked);
      } catch (IOException away) {
        faults.increment();
      }
      Thread.sleep(period);
    }
  }

  private void follow(Clones.Agent agent) throws InterruptedException {
    var done = new HashSet<UUID>();
    long version = -1;
    while (!closed) {
      try {
        Desired desired = line(agent).desired(version, LONG_POLL);
        version = desired.version();
        for (Desired.Lease lease : desired.leases()) {
          if (!done.add(lease.leaseId())) continue;
          granted.accept(lease);
          carryOut(agent, lease);
        }
      } catch (IOException away) {
        faults.increment();
        version = -1;
        done.clear();
        Thread.sleep(AGAIN_MILLIS);
      }
    }
  }

  private void carryOut(Clones.Agent agent, Desired.Lease lease)
      throws IOException, InterruptedException {
    var events = new ArrayList<TrainerEvent>();
    events.add(new TrainerEvent.Started(Instant.now(), "simulated", 0));
    events.add(
        new TrainerEvent.Metrics(
            Instant.now(),
            1,
            List.of(
                new TrainerEvent.Point("train/loss", 1),
                new TrainerEvent.Point("train/lr", 1e-3),
                new TrainerEvent.Point("validation/accuracy", 0.5))));
    points.add(3);
    events.add(lastWord(lease.task().work()));
    long asked = System.nanoTime();
    line(agent).report(
        new Events.Request(
            List.of(new Events.OfLease(lease.leaseId(), lease.epoch(), 0, events))));
    reports.addSince(asked);
    if (lease.task().work() instanceof TaskSpec.Evaluate) ended.increment();
  }

  private static TrainerEvent lastWord(TaskSpec.Work work) {
    return switch (work) {
      case TaskSpec.Profile _ -> new TrainerEvent.Profiled(Instant.now(), profile());
      case TaskSpec.Train _ -> new TrainerEvent.Trained(Instant.now(), 10, 10, 0.9, List.of());
      case TaskSpec.Evaluate _ ->
          new TrainerEvent.Evaluated(
              Instant.now(),
              "accuracy",
              0.25,
              0.9,
              0.25,
              100,
              List.of("oak", "elm"),
              List.of(List.of(45, 5), List.of(5, 45)),
              List.of(),
              1e-6,
              List.of());
    };
  }

  /** Data whose choice is clear and whose training is short. */
  private static DataProfile profile() {
    return new DataProfile(
        List.of("oak", "elm"),
        List.of(1000, 1000),
        2000,
        400,
        600,
        0,
        0,
        0.5,
        new Estimate(0.75, 0.01),
        new Estimate(0.55, 0.01),
        0.7,
        2000,
        64,
        0.001,
        Map.of(Protocol.LORA, 0.05, Protocol.LAYER_WISE, 0.06, Protocol.FULL, 0.06),
        800_000,
        List.of());
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
    client.shutdownNow();
    try {
      threads.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
