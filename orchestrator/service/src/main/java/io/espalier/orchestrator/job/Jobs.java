package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.schedule.RunTime;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.budget.RequestKey;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.Leases;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What people do with jobs. A job of another team is answered like one that does not exist. */
public final class Jobs {

  private final Transactions transactions;
  private final Ledger ledger;
  private final Leases leases;
  private final Changes changes;
  private final Audit audit;
  private final Admission admission;

  public Jobs(
      Transactions transactions,
      Ledger ledger,
      Leases leases,
      Changes changes,
      Audit audit,
      Terms terms) {
    this.transactions = transactions;
    this.ledger = ledger;
    this.leases = leases;
    this.changes = changes;
    this.audit = audit;
    this.admission = new Admission(terms);
  }

  /** What submitting would meet; stores and spends nothing. */
  public Preview preview(Principal principal, Submission submission) {
    principal.require(submission.team(), Role.MEMBER);
    return transactions.as(principal, jdbc -> admission.preview(jdbc, submission));
  }

  /**
   * Stores a job, or refuses without a trace. Answers only after the commit: what was acknowledged
   * is never lost.
   *
   * @param idempotencyKey the same key with the same submission answers with the first job
   */
  public JobView submit(
      Principal principal, Submission submission, @Nullable String idempotencyKey) {
    principal.require(submission.team(), Role.MEMBER);
    var view =
        transactions.as(
            principal,
            submission.team(),
            jdbc -> submit(jdbc, principal, submission, idempotencyKey));
    changes.announce(new Change.OfJob(view.id()), new Change.OfWork());
    return view;
  }

  /** What was submitted before is answered with its job, whatever it would meet now. */
  private JobView submit(
      JdbcClient jdbc, Principal principal, Submission submission, @Nullable String key) {
    var met = admission.examine(jdbc, submission);
    var hash = sha256(Json.write(submission));
    if (met.obstacles().isEmpty()) {
      var need = admission.profileNeed(met);
      var predicted = RunTime.profile(met.preflight());
      var view =
          new NewJob(submission, met.wanted(), key, need, predicted).insert(jdbc, principal, hash);
      if (view.isPresent()) return view.get();
    }
    return submitted(jdbc, submission.team(), key, hash)
        .map(id -> find(jdbc, id))
        .orElseThrow(() -> new Refused(met.obstacles().getFirst()));
  }

  public JobView get(Principal principal, UUID id) {
    return transactions.as(principal, jdbc -> find(jdbc, id));
  }

  /** Newest first. */
  public Page<JobView> list(Principal principal, JobFilter filter, PageRequest page) {
    return transactions.as(principal, jdbc -> JobViews.list(jdbc, filter, page));
  }

  /**
   * Ends a job. A trainer that still runs is told to stop; its lease is charged until it has. A
   * cancelled job may be cancelled again.
   */
  public JobView cancel(Principal principal, UUID id) {
    var told =
        transactions.as(
            principal,
            jdbc -> {
              var job = lock(jdbc, principal, id);
              if (job.state() == JobState.CANCELLED) return Optional.<Lease>empty();
              if (job.state().isTerminal()) throw new Refused(hasEnded(job));
              job.move(jdbc, JobState.CANCELLED, "by " + principal.login());
              jdbc.sql(
                      """
                      update task set state = 'CANCELLED', version = version + 1,
                        ended_at = clock_timestamp()
                      where job_id = :job and state in ('WAITING', 'LEASED')
                      """)
                  .param("job", id)
                  .update();
              var lease = leases.lockLiveOfJob(jdbc, id);
              lease.ifPresent(live -> leases.stop(jdbc, live));
              record(jdbc, principal, job.team(), "cancel", id, Map.of());
              return lease;
            });
    changes.announce(new Change.OfJob(id), new Change.OfWork());
    told.ifPresent(lease -> changes.announce(new Change.OfAgent(lease.agent())));
    return get(principal, id);
  }

  /**
   * Lets a job rest until somebody resumes it. A trainer makes a checkpoint at its next step and
   * leaves, and only then is the job paused; one that waits is paused at once. Its place in the
   * queue is kept. A job that rests for another reason rests for this one from now on.
   */
  public JobView pause(Principal principal, UUID id) {
    var told =
        transactions.as(
            principal,
            jdbc -> {
              var job = lock(jdbc, principal, id);
              if (job.state().isTerminal()) throw new Refused(hasEnded(job));
              if (job.pauseReason() == PauseReason.USER) return Optional.<Lease>empty();
              TaskRow.lockUnderWay(jdbc, id);
              var lease = leases.lockLiveOfJob(jdbc, id);
              if (lease.isEmpty()) rest(jdbc, job);
              else if (!leases.askToYield(jdbc, lease.get(), PauseReason.USER)) return lease;
              record(jdbc, principal, job.team(), "pause", id, Map.of());
              return lease;
            });
    changes.announce(new Change.OfJob(id), new Change.OfWork());
    told.ifPresent(lease -> changes.announce(new Change.OfAgent(lease.agent())));
    return get(principal, id);
  }

  private static void rest(JdbcClient jdbc, JobRow job) {
    job.pause(jdbc, PauseReason.USER);
    jdbc.sql(
            """
            update task set waiting_reason = null, waiting_text = null, version = version + 1
            where job_id = :job and state = 'WAITING'
            """)
        .param("job", job.id())
        .update();
  }

  /**
   * Lets a job go on that somebody has paused: it waits for a slot at its old place. Other pauses
   * end by themselves.
   */
  public JobView resume(Principal principal, UUID id) {
    transactions.as(
        principal,
        jdbc -> {
          var job = lock(jdbc, principal, id);
          if (job.state().isTerminal()) throw new Refused(hasEnded(job));
          var reason = job.pauseReason();
          if (reason != null && reason.endsByItself()) throw new Refused(endsByItself(job, reason));
          var task = TaskRow.lockUnderWay(jdbc, id).orElseThrow();
          if (reason == null) {
            leases
                .lockLiveOfJob(jdbc, id)
                .filter(lease -> lease.live().yieldReason() == PauseReason.USER)
                .ifPresent(lease -> leases.letGoOn(jdbc, lease));
          } else {
            job.move(jdbc, task.stateOfJob(), "resumed by " + principal.login());
          }
          record(jdbc, principal, job.team(), "resume", id, Map.of());
          return true;
        });
    changes.announce(new Change.OfJob(id), new Change.OfWork());
    return get(principal, id);
  }

  public JobView raiseCap(Principal principal, UUID id, GpuTime by) {
    return raiseCap(principal, id, Amount.of(by));
  }

  /**
   * Lets a job cost more. If it rests because its cap was reached, it goes on by itself. Money is
   * only added where the job has a limit of its own in money.
   */
  public JobView raiseCap(Principal principal, UUID id, Amount by) {
    if (by.isNegative() || by.isNothing()) {
      throw new Refused(
          Problem.of(
                  "cap-not-raised",
                  Category.INVALID,
                  "cap",
                  "A cap can only be raised: what is spent cannot be taken back.",
                  "Send a positive amount, or cancel the job.")
              .found(by)
              .allowed("more than 0"));
    }
    var view =
        transactions.as(
            principal,
            jdbc -> {
              var job = lock(jdbc, principal, id);
              if (job.state().isTerminal()) throw new Refused(hasEnded(job));
              if (by.money().isMoreThan(Money.ZERO)) requireLimitInMoney(jdbc, job);
              ledger.raiseCap(jdbc, id, by);
              record(jdbc, principal, job.team(), "raise-cap", id, Map.of("by", by));
              return find(jdbc, id);
            });
    changes.announce(new Change.OfJob(id), new Change.OfWork());
    return view;
  }

  public Curves curves(Principal principal, UUID id) {
    return read(principal, id, jdbc -> JobRecords.curves(jdbc, id, null));
  }

  /** The points that were measured after a moment; its last one is the next call's moment. */
  public Curves curvesAfter(Principal principal, UUID id, Instant after) {
    return read(principal, id, jdbc -> JobRecords.curves(jdbc, id, after));
  }

  /** Oldest first, those after the line {@code afterId}; 0 for the beginning. */
  public List<LogLine> log(Principal principal, UUID id, long afterId, int limit) {
    return read(principal, id, jdbc -> JobRecords.log(jdbc, id, afterId, limit));
  }

  /** The last lines, oldest first. */
  public List<LogLine> logTail(Principal principal, UUID id, int limit) {
    return read(principal, id, jdbc -> JobRecords.logTail(jdbc, id, limit));
  }

  public List<Artifact> artifacts(Principal principal, UUID id) {
    return read(principal, id, jdbc -> JobRecords.artifacts(jdbc, id));
  }

  public Artifact artifact(Principal principal, UUID id, UUID artifactId) {
    return artifacts(principal, id).stream()
        .filter(artifact -> artifact.id().equals(artifactId))
        .findFirst()
        .orElseThrow(() -> Absent.of("artifact", artifactId));
  }

  public List<Transition> timeline(Principal principal, UUID id) {
    return read(principal, id, jdbc -> JobRecords.timeline(jdbc, id));
  }

  private <T> T read(Principal principal, UUID id, Function<JdbcClient, T> work) {
    return transactions.as(
        principal,
        jdbc -> {
          requireVisible(jdbc, id);
          return work.apply(jdbc);
        });
  }

  private static void requireVisible(JdbcClient jdbc, UUID id) {
    boolean visible =
        jdbc.sql("select exists (select 1 from job where id = :id)")
            .param("id", id)
            .query((row, _) -> row.getBoolean(1))
            .single();
    if (!visible) throw Absent.of("job", id);
  }

  private static JobRow lock(JdbcClient jdbc, Principal principal, UUID id) {
    var job = JobRow.lock(jdbc, id).orElseThrow(() -> Absent.of("job", id));
    principal.require(job.team(), Role.MEMBER);
    return job;
  }

  private void record(
      JdbcClient jdbc,
      Principal principal,
      UUID team,
      String action,
      UUID job,
      Map<String, ?> detail) {
    audit.record(jdbc, principal.login(), team, action, "job " + job, detail);
  }

  private static JobView find(JdbcClient jdbc, UUID id) {
    return JobViews.find(jdbc, id).orElseThrow(() -> Absent.of("job", id));
  }

  /** The job that the key has made; a key that comes with another request is refused. */
  private static Optional<UUID> submitted(
      JdbcClient jdbc, UUID team, @Nullable String key, byte[] hash) {
    if (key == null) return Optional.empty();
    record Earlier(UUID id, boolean same) {}
    return jdbc.sql(
            """
            select id, request_hash = :hash as same from job
            where team_id = :team and idempotency_key = :key
            """)
        .param("hash", hash)
        .param("team", team)
        .param("key", key)
        .query((row, _) -> new Earlier(uuid(row, "id"), row.getBoolean("same")))
        .optional()
        .map(earlier -> {
          if (!earlier.same()) throw new Refused(RequestKey.reused(key));
          return earlier.id();
        });
  }

  private static Problem hasEnded(JobRow job) {
    return Problem.of(
            "job-has-ended",
            Category.CONFLICT,
            "job " + job.id(),
            "The job has ended.",
            "Submit a new one.")
        .found(job.state());
  }

  private void requireLimitInMoney(JdbcClient jdbc, JobRow job) {
    var cap = ledger.lock(jdbc, job.team(), job.id()).cap();
    if (cap.funded().money().compareTo(Money.UNLIMITED) < 0) return;
    throw new Refused(
        Problem.of(
            "cap-without-money",
            Category.CONFLICT,
            "job " + job.id(),
            "The job has no limit of its own in money.",
            "Raise its cap in GPU time, or add money to the budget of its team."));
  }

  private static Problem endsByItself(JobRow job, PauseReason reason) {
    return Problem.of(
            "pause-ends-by-itself",
            Category.CONFLICT,
            "job " + job.id(),
            "Nobody has paused this job; it rests for another reason.",
            reason.whatNext())
        .found(reason.label());
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
