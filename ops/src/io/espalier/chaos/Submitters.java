package io.espalier.chaos;

import io.espalier.house.Admin;
import io.espalier.house.Rest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * People who submit jobs all the time, to any node, and repeat what was not answered until it is.
 * Some change their mind and cancel. All of it is in the history.
 */
final class Submitters implements AutoCloseable {

  private static final int PEOPLE = 2;
  private static final int MOST_OPEN = 4;
  private static final int SEEDS = 4;
  private static final Set<String> ENDS = Set.of("SUCCEEDED", "FAILED", "CANCELLED");

  private final Admin.Team team;
  private final List<Rest> nodes;
  private final History history;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Submitters(Admin admin, Admin.Team team, List<URI> nodes, History history) {
    this.team = team;
    this.nodes = nodes.stream().map(admin::at).toList();
    this.history = history;
  }

  void start(long seed) {
    for (int i = 0; i < PEOPLE; i++) {
      var random = new Random(seed * 31 + i);
      threads.submit(
          () -> {
            live(random);
            return true;
          });
    }
  }

  private void live(Random random) throws InterruptedException {
    while (!closed) {
      open.removeIf(job -> hasEnded(job, random));
      if (open.size() < PEOPLE * MOST_OPEN) {
        String job = submit(random, 1 + random.nextInt(SEEDS));
        if (random.nextInt(8) == 0) cancel(random, job);
      }
      Thread.sleep(100 + random.nextInt(400));
    }
  }

  /** Repeats one submission under one key until a node answers; the id. */
  String submit(Random random, long seed) throws InterruptedException {
    String key = UUID.randomUUID().toString();
    history.add("submit", Map.of("key", key, "seed", seed));
    while (true) {
      try {
        JsonNode job = node(random).postOnce("jobs", team.job("full", 0.5, seed), key);
        String id = job.path("id").asString();
        history.add("acknowledged", Map.of("key", key, "job", id));
        open.add(id);
        return id;
      } catch (Rest.Refusal refused) {
        if (refused.status < 500) throw new IllegalStateException(refused);
        history.add("unknown", Map.of("key", key, "why", String.valueOf(refused.getMessage())));
      } catch (IOException away) {
        history.add("unknown", Map.of("key", key, "why", String.valueOf(away)));
      }
      Thread.sleep(200);
    }
  }

  private void cancel(Random random, String job) {
    try {
      node(random).post("jobs/" + job + "/cancel", Map.of());
      history.add("cancelled", Map.of("job", job));
    } catch (IOException | Rest.Refusal unknown) {
      history.add("cancel unknown", Map.of("job", job, "why", String.valueOf(unknown)));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hasEnded(String job, Random random) {
    try {
      return ENDS.contains(node(random).get("jobs/" + job).path("state").asString());
    } catch (IOException | Rest.Refusal away) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Rest node(Random random) {
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** Lets everybody finish what is being submitted. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    threads.shutdown();
    if (!threads.awaitTermination(120, TimeUnit.SECONDS)) threads.shutdownNow();
  }
}
