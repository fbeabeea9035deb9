package io.espalier.bench.orchestration;

import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.house.Admin;
import io.espalier.house.Installation;
import io.espalier.house.Rest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ops/bench orchestration}: one platform on its PostgreSQL, measured from outside, over HTTP,
 * by submitters and agents in this process.
 */
final class OrchestrationBench {

  private static final Pattern PLANNED = Pattern.compile("Planned in ([0-9.]+) ms");
  private static final String RESERVED = "reserved";
  private static final int TEAMS = 20;
  private static final String SIMULATED = "simulated";

  /** How much is measured. */
  private record Scale(
      Duration warming,
      Duration submitting,
      int starts,
      int deep,
      int realJobs,
      int realSlots,
      int agents,
      int slotsEach,
      int pending,
      Duration draining,
      Duration beating) {

    static final Scale QUICK =
        new Scale(
            Duration.ofSeconds(20), Duration.ofSeconds(4), 40, 10_000, 150, 8, 300, 2, 10_000, Duration.ofSeconds(10),
            Duration.ofSeconds(3));
    static final Scale WHOLE =
        new Scale(
            Duration.ofSeconds(40), Duration.ofSeconds(20), 200, 10_000, 1_500, 16, 5_000, 2, 100_000,
            Duration.ofSeconds(60), Duration.ofSeconds(15));
  }

  private final Set<String> options;
  private final Scale scale;
  private final Figures figures = new Figures();
  private final Installation installation =
      new Installation(Path.of(System.getProperty("espalier.root")));
  private final Random random = new Random(1);
  private Optional<SlurmPeer> peer = Optional.empty();

  private OrchestrationBench(Set<String> options) {
    this.options = options;
    this.scale = options.contains("--quick") ? Scale.QUICK : Scale.WHOLE;
  }

  public static void main(String[] words) throws Exception {
    var options = Set.copyOf(Arrays.asList(words).subList(1, words.length));
    if (!KNOWN.containsAll(options)) {
      System.out.print(USAGE);
      System.exit(options.contains("--help") ? 0 : 2);
    }
    new OrchestrationBench(options).run();
  }

  private static final Set<String> KNOWN =
      Set.of("--quick", "--json", "--peer", "--submissions", "--starts", "--simulated", "--recovery");

  private static final String USAGE =
      """
      usage: ops/bench orchestration [--quick] [--json] [--peer]

        Submissions, starts, drain, plans, heartbeats and recovery of one platform on its own
        PostgreSQL, on this machine, over HTTP.
          --quick   within two minutes, at 10,000 pending jobs instead of 100,000
          --json    ends with one line of JSON
          --submissions, --starts, --simulated, --recovery
                    these parts only
          --peer    Slurm's Debian packages in between, on loopback, where they are installed
      """;

  private void run() throws Exception {
    figures.heading();
    peer = options.contains("--peer") ? SlurmPeer.start(scale.realSlots()) : Optional.empty();
    try (Scene scene = Scene.open(installation, TEAMS)) {
      if (isAsked("--submissions")) submissions(scene);
      if (isAsked("--starts")) starts(scene);
      if (isAsked("--simulated")) simulated(scene);
      if (isAsked("--recovery")) recovery(scene);
      memory(scene);
    } finally {
      if (peer.isPresent()) peer.get().close();
    }
    if (options.contains("--json")) {
      System.out.println(JsonMapper.builder().build().writeValueAsString(figures.all()));
    }
  }

  private boolean isAsked(String part) {
    return options.contains(part)
        || options.stream().noneMatch(Set.of("--submissions", "--starts", "--simulated", "--recovery")::contains);
  }

  // ── Submissions ───────────────────────────────────────────────────────────────────────────────

  private void submissions(Scene scene) throws Exception {
    // The platform's code gets compiled: what a platform that has just started costs more is the
    // compiler's, not a submission's.
    submit(scene, 4, scale.warming());
    for (int clients : new int[] {1, 4}) {
      var cpu = Cpu.since(scene);
      Load load = submit(scene, clients, scale.submitting());
      figures.tell(
          "durable submissions, " + clients + (clients == 1 ? " client" : " clients"),
          Figures.text(
              "%.0f/s, p99 %.0f ms; %s",
              load.perSecond(),
              load.latencies().percentile(0.99),
              cpu.each(load.latencies().count())),
          clients == 1 ? "200/s" : "500/s");
      figures.keep("submissions_per_s_" + clients, load.perSecond());
      if (peer.isPresent()) {
        Load theirs = peer.get().submissions(clients, scale.submitting());
        figures.peer(
            "submissions_per_s_" + clients, theirs.perSecond(), "%.0f/s", theirs.perSecond());
      }
    }
    cancelAll(scene);
  }

  private static Load submit(Scene scene, int clients, Duration time) throws Exception {
    return Load.run(
        clients,
        time,
        client -> {
          Rest rest = scene.rest();
          Admin.Team team = scene.teams.get(client);
          return () -> scene.submit(rest, team);
        });
  }

  /** Ends what waits, in the database: it would take as long as submitting did. */
  private static void cancelAll(Scene scene) throws Exception {
    scene.clones.run(
        """
        with ended as (
          update job set state = 'CANCELLED', finished_at = now(), version = version + 1
          where state = 'QUEUED' and id not in (%s) returning id, team_id
        ), tasks as (
          update task set state = 'CANCELLED', ended_at = now(), version = version + 1
          where state = 'WAITING' and job_id in (select id from ended)
        )
        insert into job_transition (team_id, job_id, from_state, to_state, reason)
        select team_id, id, 'QUEUED', 'CANCELLED', 'measured' from ended
        """
            .formatted(
                scene.templates.stream()
                    .map(id -> "'" + id + "'")
                    .collect(Collectors.joining(","))));
    scene.clones.run("vacuum analyze job");
    scene.clones.run("vacuum analyze task");
  }

  // ── Starts and drain with real processes ──────────────────────────────────────────────────────

  private void starts(Scene scene) throws Exception {
    Rest rest = scene.rest();
    String token =
        rest.post("agents/join-tokens", Map.of()).path("command").asString().replaceAll(".* --join ", "");
    Path folder = Files.createDirectories(scene.folder.resolve("real"));
    try (var agent =
        RealAgent.start(installation, folder, scene.node.url(), token, scale.realSlots())) {
      startLatencies(scene, agent, rest, 5);
      Latencies idle = startLatencies(scene, agent, rest, scale.starts());
      figures.tell("submit to first instruction, idle", idle.toString(), "60 / 250 ms");
      figures.keep("start_p50_ms", idle.percentile(0.5));
      figures.keep("start_p99_ms", idle.percentile(0.99));
      if (peer.isPresent()) {
        Latencies theirs = peer.get().starts(scale.starts() / 4);
        figures.peer("start_p50_ms", theirs.percentile(0.5), "%s", theirs);
      }
      drain(scene, agent);
      pending(scene, scale.deep(), RESERVED);
      Latencies deep = startLatencies(scene, agent, rest, scale.starts());
      figures.tell(
          Figures.text("submit to first instruction, %,d pending", scale.deep()),
          deep.toString(),
          "80 / 400 ms");
      figures.keep("start_deep_p50_ms", deep.percentile(0.5));
      figures.keep("start_deep_p99_ms", deep.percentile(0.99));
    }
  }

  /**
   * One after the other, each at a random moment after the last has ended, by a team of which
   * nothing else waits.
   */
  private Latencies startLatencies(Scene scene, RealAgent agent, Rest rest, int count)
      throws Exception {
    var latencies = new Latencies();
    for (int i = 0; i < count; i++) {
      Thread.sleep(random.nextInt(20, 120));
      Instant asked = Instant.now();
      String job = scene.submit(rest, scene.teams.getFirst());
      latencies.add(Duration.between(asked, awaitStart(agent, job)).toNanos() / 1e6);
      awaitEnd(scene, agent, job);
    }
    return latencies;
  }

  private static Instant awaitStart(RealAgent agent, String job) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      Optional<Instant> start = agent.startOf(job);
      if (start.isPresent()) return start.get();
      Thread.sleep(2);
    }
    throw new IOException("job " + job + " did not start within a minute");
  }

  private static void awaitEnd(Scene scene, RealAgent agent, String job) throws Exception {
    awaitStart(agent, job);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Rest rest = scene.rest();
    while (System.nanoTime() < end) {
      if (rest.get("jobs/" + job).path("state").asString().equals("FAILED")) return;
      Thread.sleep(10);
    }
    throw new IOException("job " + job + " did not end within a minute");
  }

  /** So many jobs wait for slots of a pool, of all teams but the first; earlier ones count too. */
  private static void pending(Scene scene, int count, String pool) throws Exception {
    long missing = count - waiting(scene);
    for (String template : scene.templates) {
      int each = (int) Math.ceilDiv(missing, scene.templates.size());
      if (each > 0) scene.clones.ofJob(template, each, pool);
    }
  }

  private static long waiting(Scene scene) throws Exception {
    return scene.clones.count("select count(*) from task where state = 'WAITING'");
  }

  private void drain(Scene scene, RealAgent agent) throws Exception {
    int before = agent.started();
    long start = submitMany(scene, scale.realJobs());
    int all = before + scale.realJobs();
    while (agent.started() < all) Thread.sleep(20);
    double seconds = (System.nanoTime() - start) / 1e9;
    figures.tell(
        Figures.text("drain of %,d jobs, a real process each", scale.realJobs()),
        Figures.text("%.0f jobs/s", scale.realJobs() / seconds),
        "1.5 x Slurm");
    figures.keep("drain_real_per_s", scale.realJobs() / seconds);
    if (peer.isPresent()) {
      double theirs = peer.get().drain(scale.realJobs());
      figures.peer("drain_real_per_s", theirs, "%.0f jobs/s", theirs);
    }
  }

  /** Jobs that wait when the clock starts; the moment at which they may run. */
  private long submitMany(Scene scene, int count) throws Exception {
    var agents = scene.rest().get("agents");
    String agent = agents.get(0).path("id").asString();
    scene.rest().post("agents/" + agent + "/drain", Map.of());
    var next = new AtomicInteger();
    var clients = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) {
      Rest rest = scene.rest();
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                        scene.submit(rest, scene.teams.get(n % scene.teams.size()));
                      }
                    } catch (Exception failed) {
                      throw new IllegalStateException(failed);
                    }
                  }));
    }
    for (Thread client : clients) client.join();
    long start = System.nanoTime();
    scene.rest().post("agents/" + agent + "/enable", Map.of());
    return start;
  }

  // ── Simulated agents ──────────────────────────────────────────────────────────────────────────

  private void simulated(Scene scene) throws Exception {
    cancelAll(scene);
    long made = System.nanoTime();
    pending(scene, scale.pending(), SIMULATED);
    var made2 = scene.clones.agents(scale.agents(), "sim-");
    System.out.printf(
        "(made %,d jobs and %,d agents in %.0f s)%n",
        scale.pending(), scale.agents(), (System.nanoTime() - made) / 1e9);
    try (var agents = new SimulatedAgents(made2, scale.slotsEach(), SIMULATED, scene.node::url)) {
      heartbeats(scene, agents, made2);
      long planFrom = Files.size(scene.node.log());
      agents.join();
      agents.work(Duration.ofSeconds(10));
      Thread.sleep(2000);
      long before = agents.ended.sum();
      long start = System.nanoTime();
      var cpu = Cpu.since(scene);
      Thread.sleep(scale.draining());
      double seconds = (System.nanoTime() - start) / 1e9;
      double drained = (agents.ended.sum() - before) / seconds;
      figures.tell(
          Figures.text("drain, %,d simulated agents, 3 leases a job", scale.agents()),
          Figures.text(
              "%.0f jobs/s, %s; reports p99 %.0f ms",
              drained,
              cpu.each(agents.ended.sum() - before),
              agents.reports.percentile(0.99)),
          "150 jobs/s");
      figures.keep("drain_per_s", drained);
      Latencies plans = plans(scene, planFrom);
      figures.tell(
          Figures.text("plan cycle, %,d pending, %,d agents", waiting(scene), scale.agents()),
          plans.toString(),
          "p99 250 ms");
      figures.keep("plan_p99_ms", plans.percentile(0.99));
      if (agents.faults.sum() > 0) {
        System.out.println("(" + agents.faults.sum() + " calls of agents failed)");
      }
    }
    metricPoints(scene);
  }

  private static Latencies plans(Scene scene, long from) throws IOException {
    var plans = new Latencies();
    String log = Files.readString(scene.node.log());
    PLANNED
        .matcher(log.substring((int) Math.min(from, log.length())))
        .results()
        .forEach(plan -> plans.add(Double.parseDouble(plan.group(1))));
    return plans;
  }

  /** Agents with nothing to tell, one call after the other. */
  private void heartbeats(Scene scene, SimulatedAgents agents, List<Clones.Agent> all)
      throws Exception {
    agents.join();
    var cpu = Cpu.since(scene);
    Load load =
        Load.run(
            32,
            scale.beating(),
            client -> {
              var own = new AtomicInteger(client);
              return () -> {
                var agent = all.get(own.getAndAdd(32) % all.size());
                agents.line(agent).report(new Events.Request(List.of()));
              };
            });
    figures.tell(
        "heartbeats, 32 at once",
        Figures.text(
            "%.0f/s, %s; %s",
            load.perSecond(), load.latencies(), cpu.each(load.latencies().count())),
        "500/s, p99 100 ms");
    figures.keep("heartbeats_per_s", load.perSecond());
    figures.keep("heartbeats_p99_ms", load.latencies().percentile(0.99));
  }

  /** Trainers that report a hundred points at a time. */
  private void metricPoints(Scene scene) throws Exception {
    int trainers = 8;
    var made = scene.clones.agents(trainers, "points-");
    var leases = new LinkedBlockingQueue<Map.Entry<Clones.Agent, Desired.Lease>>();
    try (var agents = new SimulatedAgents(made, 1, SIMULATED, scene.node::url)) {
      agents.join();
      for (Clones.Agent agent : made) {
        Desired desired = agents.line(agent).desired(-1, Duration.ofSeconds(20));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (desired.leases().isEmpty() && System.nanoTime() < end) {
          desired = agents.line(agent).desired(desired.version(), Duration.ofSeconds(5));
        }
        if (!desired.leases().isEmpty()) leases.add(Map.entry(agent, desired.leases().getFirst()));
      }
      if (leases.size() < trainers) throw new IOException("only " + leases.size() + " leases came");
      Load load =
          Load.run(
              trainers,
              scale.beating(),
              _ -> {
                var own = leases.remove();
                var next = new AtomicInteger();
                return () -> report(agents, own.getKey(), own.getValue(), next.getAndIncrement());
              });
      figures.tell(
          "metric points, 100 in a report",
          Figures.text("%.0f/s, %s", 100 * load.perSecond(), load.latencies()),
          "5,000/s");
      figures.keep("metric_points_per_s", 100 * load.perSecond());
    }
  }

  private static void report(
      SimulatedAgents agents, Clones.Agent agent, Desired.Lease lease, int number)
      throws IOException, InterruptedException {
    var points = new ArrayList<TrainerEvent.Point>();
    for (int i = 0; i < 100; i++) points.add(new TrainerEvent.Point("curve/" + i, 1.0 / (i + 1)));
    var event = new TrainerEvent.Metrics(Instant.now(), number, points);
    var answer =
        agents
            .line(agent)
            .report(
                new Events.Request(
                    List.of(
                        new Events.OfLease(lease.leaseId(), lease.epoch(), number, List.of(event)))));
    if (answer.verdicts().getFirst().nextSequence() != number + 1) {
      throw new IOException("a report was not stored: " + answer);
    }
  }

  // ── Recovery ──────────────────────────────────────────────────────────────────────────────────

  /** The platform is killed while clients submit; it must know all that it has acknowledged. */
  private void recovery(Scene scene) throws Exception {
    pending(scene, scale.pending(), SIMULATED);
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    var clients = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) clients.add(Thread.ofVirtual().start(() -> trickle(scene, acknowledged)));
    Thread.sleep(1500);
    var made = scene.clones.agents(1, "late-");
    try (var agents = new SimulatedAgents(made, 1, SIMULATED, scene.node::url)) {
      var granted = new CountDownLatch(1);
      agents.onGrant(_ -> granted.countDown());
      long killed = System.nanoTime();
      scene.node.kill();
      for (Thread client : clients) client.join();
      scene.node.start();
      awaitHello(agents);
      agents.work(Duration.ofSeconds(10));
      granted.await();
      double seconds = (System.nanoTime() - killed) / 1e9;
      figures.tell(
          Figures.text("kill -9 to the first grant, %,d pending", waiting(scene)),
          Figures.text("%.1f s", seconds),
          "10 s");
      figures.keep("recovery_s", seconds);
    }
    scene.node.awaitReady();
    int lost = 0;
    for (String id : acknowledged) {
      if (scene.clones.count("select count(*) from job where id = '" + id + "'") == 0) lost++;
    }
    figures.tell(
        "submissions acknowledged before kill -9, and lost",
        Figures.text("%,d, %d", acknowledged.size(), lost),
        "0 lost");
    figures.keep("lost", lost);
  }

  private static void awaitHello(SimulatedAgents agents) throws Exception {
    while (true) {
      try {
        agents.join();
        return;
      } catch (java.util.concurrent.ExecutionException notYet) {
        Thread.sleep(50);
      }
    }
  }

  private static void trickle(Scene scene, Queue<String> acknowledged) {
    Rest rest = scene.rest();
    try {
      while (true) {
        acknowledged.add(
            scene.submit(rest, scene.teams.getFirst()));
      }
    } catch (IOException | InterruptedException | Rest.Refusal killed) {
      // What was not acknowledged may be there or not.
    }
  }

  private void memory(Scene scene) throws IOException {
    double megabytes = scene.node.residentBytes() / 1e6;
    figures.tell("memory of the platform", Figures.text("%.0f MB", megabytes), "700 MB");
    figures.keep("platform_mb", megabytes);
  }
}
