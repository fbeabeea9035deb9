package io.espalier.orchestrator.agent;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.lease.Reception;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.job.TaskReports;
import io.espalier.orchestrator.job.Work;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.Leases;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What agents call, and what admins do with agents. */
public final class Agents {

  private final Transactions transactions;
  private final Leases leases;
  private final TaskFlow flow;
  private final BlobStore blobs;
  private final Changes changes;
  private final Audit audit;
  private final Fence fence;
  private final AgentTimes times;
  private final long maxBlobBytes;

  public Agents(
      Transactions transactions,
      Leases leases,
      TaskFlow flow,
      BlobStore blobs,
      Changes changes,
      Audit audit,
      Fence fence,
      AgentTimes times,
      long maxBlobBytes) {
    this.transactions = transactions;
    this.leases = leases;
    this.flow = flow;
    this.blobs = blobs;
    this.changes = changes;
    this.audit = audit;
    this.fence = fence;
    this.times = times;
    this.maxBlobBytes = maxBlobBytes;
  }

  /** A token that enrols one agent, once. It is shown now and never again. */
  public String joinToken(Principal admin) {
    admin.requirePlatformAdmin();
    return transactions.withoutTeam(jdbc -> {
      var token = Enrolments.joinToken(jdbc, times.joinToken());
      audit.record(jdbc, admin.login(), null, "create", "join token", Map.of());
      return token;
    });
  }

  public List<AgentView> list(Principal admin) {
    admin.requirePlatformAdmin();
    return transactions.asPlanner(jdbc -> Hosts.list(jdbc, times.silence()));
  }

  /**
   * A draining agent gets nothing new, and what it runs makes a checkpoint and yields, to go on
   * elsewhere. One that drains no longer is given work again.
   */
  public void drain(Principal admin, UUID agent, boolean draining) {
    admin.requirePlatformAdmin();
    transactions.withoutTeam(jdbc -> {
      int changed =
          jdbc.sql("update agent set draining = :draining where id = :id")
              .param("draining", draining)
              .param("id", agent)
              .update();
      if (changed == 0) throw Absent.of("agent", agent);
      var action = draining ? "drain" : "undrain";
      audit.record(jdbc, admin.login(), null, action, "agent " + agent, Map.of());
      return true;
    });
    if (draining) yieldAll(agent);
    changes.announce(new Change.OfWork());
  }

  /** No grant can follow the drain's commit, so this finds every lease. */
  private void yieldAll(UUID agent) {
    for (var lease : transactions.asPlanner(jdbc -> leases.liveOfAgent(jdbc, agent))) {
      transactions.asPlanner(jdbc -> {
        return leases
            .lock(jdbc, lease.id())
            .map(live -> leases.askToYield(jdbc, live, PauseReason.DRAIN))
            .orElse(false);
      });
      changes.announce(new Change.OfJob(lease.job()));
    }
    changes.announce(new Change.OfAgent(agent));
  }

  public Enrolment.Answer enrol(Enrolment.Request request) {
    return transactions.asPlanner(jdbc -> {
      var answer = Enrolments.enrol(jdbc, request, times.credential());
      var actor = "agent:" + request.name();
      audit.record(jdbc, actor, null, "enrol", "agent " + answer.agentId(), Map.of());
      return answer;
    });
  }

  /** Whose credential it is; refuses one that is unknown or has expired. */
  public UUID authenticate(String credential) {
    return transactions.statementsAsPlanner(
        jdbc -> Enrolments.authenticate(jdbc, credential, times.credential()));
  }

  /**
   * An agent has started. Leases that it still runs are its own again; those that it does not are
   * lost, and wait for a slot at once.
   */
  public Hello.Answer hello(UUID agent, Hello.Request request) {
    // Which leases it may lose is read at the moment at which the hello counts: a node that is held
    // up here must not lose what was granted since.
    var live =
        transactions.asPlanner(jdbc ->
            Hosts.store(jdbc, agent, request) ? leases.liveOfAgent(jdbc, agent) : List.<Lease>of());
    var running =
        request.running().stream()
            .collect(
                Collectors.toMap(
                    Hello.RunningLease::leaseId, Hello.RunningLease::epoch, Math::max));
    for (var lease : live) {
      transactions.asPlanner(jdbc -> adoptOrLose(jdbc, lease.id(), running));
      changes.announce(new Change.OfJob(lease.job()));
    }
    changes.announce(new Change.OfAgent(agent), new Change.OfWork());
    return new Hello.Answer(times.heartbeat().toMillis(), fence.stopAfter().toMillis());
  }

  private boolean adoptOrLose(JdbcClient jdbc, UUID leaseId, Map<UUID, Long> running) {
    Work.lock(jdbc, leases, leaseId)
        .filter(work -> work.lease().isLive())
        .ifPresent(work -> {
          var lease = work.lease();
          if (running.getOrDefault(lease.id(), -1L) == lease.epoch()) {
            leases.renew(jdbc, lease);
          } else {
            flow.lost(jdbc, work, "its agent started again without it");
          }
        });
    return true;
  }

  /**
   * What the agent should run. Answers at once if that has changed since {@code since}, else when
   * it does, and after {@code wait} or when the platform stops in any case.
   */
  public Desired desired(UUID agent, long since, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    var changed = new Semaphore(0);
    try (var _ = changes.onAgent(agent, changed::release)) {
      while (true) {
        changed.drainPermits();
        var desired = transactions.asPlanner(jdbc -> read(jdbc, agent));
        long left = deadline - System.nanoTime();
        if (desired.version() > since || left <= 0 || changes.isLeaving()) return desired;
        if (!changed.tryAcquire(left, TimeUnit.NANOSECONDS)) {
          return transactions.asPlanner(jdbc -> read(jdbc, agent));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return transactions.asPlanner(jdbc -> read(jdbc, agent));
    }
  }

  private Desired read(JdbcClient jdbc, UUID agent) {
    Hosts.seen(jdbc, agent);
    long version =
        jdbc.sql("select desired_version from agent where id = :id")
            .param("id", agent)
            .query((row, _) -> row.getLong("desired_version"))
            .optional()
            .orElseThrow(() -> Absent.of("agent", agent));
    var wanted = new ArrayList<Desired.Lease>();
    for (var lease : leases.liveOfAgent(jdbc, agent)) {
      wanted.add(
          new Desired.Lease(
              lease.id(),
              lease.epoch(),
              slots(jdbc, lease),
              leases.validFor(lease).toMillis(),
              lease.wish(),
              leases.spec(jdbc, lease.id())));
    }
    return new Desired(version, List.copyOf(wanted));
  }

  private static List<Integer> slots(JdbcClient jdbc, Lease lease) {
    return jdbc.sql(
            """
            select s.index from lease_slot l join slot s on s.id = l.slot_id
            where l.lease_id = :lease order by s.index
            """)
        .param("lease", lease.id())
        .query((row, _) -> row.getInt("index"))
        .list();
  }

  /** Stores what is new and answers for every lease on its own. */
  public Events.Answer events(UUID agent, Events.Request request) {
    transactions.statementsAsPlanner(jdbc -> Hosts.seen(jdbc, agent));
    return new Events.Answer(request.leases().stream().map(batch -> accept(agent, batch)).toList());
  }

  private Events.Verdict accept(UUID agent, Events.OfLease batch) {
    var accepted = transactions.asPlanner(jdbc -> accept(jdbc, agent, batch));
    changes.announce(accepted.changes());
    return accepted.verdict();
  }

  private record Accepted(Events.Verdict verdict, List<Change> changes) {
    static Accepted silently(Events.Verdict verdict) {
      return new Accepted(verdict, List.of());
    }
  }

  private Accepted accept(JdbcClient jdbc, UUID agent, Events.OfLease batch) {
    if (batch.events().isEmpty()) {
      // The commonest message by far: it need not lock job and task.
      return leases
          .lock(jdbc, batch.leaseId())
          .map(lease -> silently(jdbc, lease, batch, reception(lease, agent, batch)))
          .orElseGet(() -> Accepted.silently(stale(batch)));
    }
    return Work.lock(jdbc, leases, batch.leaseId())
        .map(work ->
            switch (reception(work.lease(), agent, batch)) {
              case Reception.News news -> store(jdbc, work, news);
              case Reception without -> silently(jdbc, work.lease(), batch, without);
            })
        .orElseGet(() -> Accepted.silently(stale(batch)));
  }

  private static Reception reception(Lease lease, UUID agent, Events.OfLease batch) {
    boolean own = lease.agent().equals(agent) && lease.epoch() == batch.epoch();
    return Reception.of(
        lease.state(), own, lease.nextSequence(), batch.firstSequence(), batch.events());
  }

  private Accepted silently(
      JdbcClient jdbc, Lease lease, Events.OfLease batch, Reception reception) {
    return Accepted.silently(
        switch (reception) {
          case Reception.Stale() -> stale(batch);
          case Reception.Ended() -> ended(lease.id(), lease.nextSequence());
          case Reception.SignOfLife() ->
              accepted(lease.id(), lease.nextSequence(), leases.renew(jdbc, lease));
          case Reception.News news ->
              throw new IllegalStateException("Not to be left unsaid: " + news);
        });
  }

  private Accepted store(JdbcClient jdbc, Work work, Reception.News news) {
    var lease = work.lease();
    TaskReports.store(jdbc, work, news.events());
    boolean saved = news.events().stream().anyMatch(TrainerEvent.Checkpoint.class::isInstance);
    var heard = saved ? leases.checkpointed(jdbc, lease) : lease;
    long next = lease.nextSequence() + news.events().size();
    jdbc.sql("update lease set next_sequence = :next where id = :id and epoch = :epoch")
        .param("next", next)
        .param("id", lease.id())
        .param("epoch", lease.epoch())
        .update();
    if (!news.last().isLast()) {
      var valid = leases.renew(jdbc, heard);
      return new Accepted(
          accepted(lease.id(), next, valid), List.of(new Change.OfJob(lease.job())));
    }
    // Read again: a checkpoint in the same batch has reset the count of losses.
    flow.end(jdbc, Work.lock(jdbc, leases, lease.id()).orElseThrow(), news.last());
    return new Accepted(
        ended(lease.id(), next),
        List.of(
            new Change.OfJob(lease.job()), new Change.OfAgent(lease.agent()), new Change.OfWork()));
  }

  private static Events.Verdict accepted(UUID lease, long next, Duration valid) {
    return new Events.Verdict(lease, Events.Outcome.ACCEPTED, next, valid.toMillis());
  }

  private static Events.Verdict ended(UUID lease, long next) {
    return new Events.Verdict(lease, Events.Outcome.ENDED, next, 0);
  }

  private static Events.Verdict stale(Events.OfLease batch) {
    return new Events.Verdict(batch.leaseId(), Events.Outcome.STALE_EPOCH, 0, 0);
  }

  /** A content that a live lease of this agent names among its inputs. */
  public Path blob(UUID agent, UUID leaseId, String sha256) {
    var spec = transactions.asPlanner(jdbc -> liveSpec(jdbc, agent, leaseId));
    boolean named = spec.inputs().stream().anyMatch(input -> input.blob().sha256().equals(sha256));
    if (!named) throw Absent.of("content", sha256);
    return blobs.file(sha256);
  }

  /** Takes a content that a live lease of this agent has made. Sending it again does no harm. */
  public void storeBlob(UUID agent, UUID leaseId, String sha256, InputStream content) {
    transactions.asPlanner(jdbc -> liveSpec(jdbc, agent, leaseId));
    var blob = blobs.put(content, maxBlobBytes, sha256);
    transactions.asPlanner(jdbc -> {
      requireLive(jdbc, agent, leaseId);
      blobs.list(jdbc, blob);
      return true;
    });
  }

  /**
   * Whether the store has a content already, so that a live lease of this agent need not send it.
   */
  public boolean hasBlob(UUID agent, UUID leaseId, String sha256) {
    return transactions.asPlanner(jdbc -> {
      requireLive(jdbc, agent, leaseId);
      return jdbc.sql("select exists (select 1 from blob where sha256 = :sha256)")
          .param("sha256", sha256)
          .query((row, _) -> row.getBoolean(1))
          .single();
    });
  }

  private TaskSpec liveSpec(JdbcClient jdbc, UUID agent, UUID leaseId) {
    requireLive(jdbc, agent, leaseId);
    return leases.spec(jdbc, leaseId);
  }

  private static void requireLive(JdbcClient jdbc, UUID agent, UUID leaseId) {
    Optional<UUID> live =
        jdbc.sql("select id from lease where id = :id and agent_id = :agent and state = 'LIVE'")
            .param("id", leaseId)
            .param("agent", agent)
            .query((row, _) -> uuid(row, "id"))
            .optional();
    if (live.isEmpty()) {
      throw new Refused(
          Problem.of(
              "no-live-lease",
              Category.CONFLICT,
              "lease " + leaseId,
              "This agent has no such live lease.",
              "Stop its trainer and ask what to run."));
    }
  }
}
