package io.espalier.orchestrator.agent;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.PauseReason;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Desired;
import io.espalier.domain.wire.Enrolment;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.Hello;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.job.Work;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.Leases;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
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

  private static final Duration LATELY = Duration.ofSeconds(10);

  private final Transactions transactions;
  private final Leases leases;
  private final TaskFlow flow;
  private final BlobStore blobs;
  private final Changes changes;
  private final Audit audit;
  private final Fence fence;
  private final AgentTimes times;
  private final long maxBlobBytes;
  private final Intake intake;

  /** By the hash of the credential. */
  private final Recent<ByteBuffer, UUID> authenticated = new Recent<>(LATELY);

  private final Recent<UUID, Boolean> heardOf = new Recent<>(LATELY);

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
    intake = new Intake(transactions, changes, leases, flow);
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

  /**
   * Whose credential it is; refuses one that is unknown or has expired, up to ten seconds ago on a
   * node that has just seen it.
   */
  public UUID authenticate(String credential) {
    var hash = ByteBuffer.wrap(Secrets.hash(credential));
    var known = authenticated.get(hash);
    if (known.isPresent()) return known.get();
    var agent =
        transactions.statementsAsPlanner(
            jdbc -> Enrolments.authenticate(jdbc, credential, times.credential()));
    authenticated.put(hash, agent);
    return agent;
  }

  /** Notes that it was heard of, unless this node has done so a moment ago. */
  private void seen(UUID agent) {
    if (heardOf.get(agent).isPresent()) return;
    transactions.statementsAsPlanner(jdbc -> Hosts.seen(jdbc, agent));
    heardOf.put(agent, true);
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
    seen(agent);
    try (var _ = changes.onAgent(agent, changed::release)) {
      while (true) {
        changed.drainPermits();
        long left = deadline - System.nanoTime();
        if (left <= 0 || changes.isLeaving()) break;
        var held = held(agent, since);
        if (held.version() > since) return desired(held);
        if (!changed.tryAcquire(left, TimeUnit.NANOSECONDS)) break;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return desired(held(agent, Long.MIN_VALUE));
  }

  private Leases.Holding held(UUID agent, long since) {
    return transactions
        .statementsAsPlanner(jdbc -> leases.heldByAgent(jdbc, agent, since))
        .orElseThrow(() -> Absent.of("agent", agent));
  }

  private Desired desired(Leases.Holding held) {
    return new Desired(held.version(), held.leases().stream().map(this::desired).toList());
  }

  private Desired.Lease desired(Leases.Held held) {
    var lease = held.lease();
    return new Desired.Lease(
        lease.id(),
        lease.epoch(),
        held.slots(),
        leases.validFor(lease).toMillis(),
        lease.wish(),
        held.spec());
  }

  /** Stores what is new and answers for every lease on its own. */
  public Events.Answer events(UUID agent, Events.Request request) {
    seen(agent);
    return new Events.Answer(intake.accept(agent, request.leases()));
  }

  /** A content that a live lease of this agent names among its inputs. */
  public Path blob(UUID agent, UUID leaseId, String sha256) {
    var spec = transactions.asPlanner(jdbc -> liveSpec(jdbc, agent, leaseId));
    // One that is cut short would be asked for its end again and again.
    boolean whole =
        spec.inputs().stream()
            .map(NamedBlob::blob)
            .anyMatch(blob -> blob.sha256().equals(sha256) && blobs.has(blob));
    if (!whole) throw Absent.of("content", sha256);
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
      return blobs.isListed(jdbc, sha256);
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
