package io.espalier.orchestrator.job;

import io.espalier.domain.budget.Rate;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.job.TaskState;
import io.espalier.domain.lease.AfterRun;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.schedule.RunTime;
import io.espalier.domain.schedule.StartNeed;
import io.espalier.domain.selection.Choice;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Decision;
import io.espalier.domain.selection.ProtocolChoice;
import io.espalier.domain.selection.SelectionInput;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.Printable;
import io.espalier.orchestrator.lease.Leases;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What follows when a task ends, in the caller's transaction: the lease is settled, the task ended
 * or queued again, the next task inserted, and the job moved.
 */
public final class TaskFlow {

  /** Of a trainer's reason that is kept with its lease. */
  private static final int MOST_CHARACTERS = 500;

  private final Leases leases;
  private final Ledger ledger;
  private final Terms terms;

  public TaskFlow(Leases leases, Ledger ledger, Terms terms) {
    this.leases = leases;
    this.ledger = ledger;
    this.terms = terms;
  }

  /**
   * A job that rested for want of budget can be paid for again and waits for a slot like any other.
   * False if it has changed since {@code version}.
   */
  public boolean resume(JdbcClient jdbc, UUID jobId, long version, TaskKind kind) {
    var locked = JobRow.lock(jdbc, jobId);
    if (locked.isEmpty() || locked.get().version() != version) return false;
    locked.get().move(jdbc, kind.state(), "funded again");
    return true;
  }

  /** The trainer has said its last word. */
  public void end(JdbcClient jdbc, Work work, TrainerEvent last) {
    var lease = work.lease();
    var after = AfterRun.said(work.run(jdbc), last, isReadable(last));
    switch (after) {
      case AfterRun.Unwanted() -> leases.release(jdbc, lease, "no longer wanted");
      case AfterRun.Done(var answer) -> done(jdbc, work, answer);
      case AfterRun.Requeue requeue -> {
        release(jdbc, work, requeue.billed(), requeue.how());
        requeue(jdbc, work, requeue);
      }
      case AfterRun.GiveUp(var reason, var problem) -> {
        release(jdbc, work, reason.isBilled(), reason.label() + ": " + problem.message());
        giveUp(jdbc, work, reason, problem);
      }
    }
  }

  private void release(JdbcClient jdbc, Work work, boolean billed, String how) {
    var line = Printable.line(how, MOST_CHARACTERS);
    if (billed) leases.release(jdbc, work.lease(), line);
    else leases.releaseAfterFault(jdbc, work.lease(), line);
  }

  private void done(JdbcClient jdbc, Work work, TrainerEvent answer) {
    switch (answer) {
      case TrainerEvent.Profiled profiled -> profiled(jdbc, work, profiled.profile());
      case TrainerEvent.Trained trained -> trained(jdbc, work, trained);
      case TrainerEvent.Evaluated evaluated -> evaluated(jdbc, work, evaluated);
      case TrainerEvent other -> throw new IllegalArgumentException("Not an answer: " + other);
    }
  }

  /** Nobody runs the task any more, and its trainer has not said why. */
  public void lost(JdbcClient jdbc, Work work, String how) {
    leases.expire(jdbc, work.lease(), how);
    switch (AfterRun.lost(work.run(jdbc), how)) {
      case AfterRun.Unwanted() -> {}
      case AfterRun.Requeue requeue -> requeue(jdbc, work, requeue);
      case AfterRun.GiveUp(var reason, var problem) -> giveUp(jdbc, work, reason, problem);
      case AfterRun.Done(var answer) -> throw new IllegalStateException("Lost with " + answer);
    }
  }

  private static void requeue(JdbcClient jdbc, Work work, AfterRun.Requeue requeue) {
    if (requeue.elsewhere()) quarantine(jdbc, work);
    work.task().requeue(jdbc, requeue, requeue.elsewhere() ? work.lease().agent() : null);
    if (requeue.pause() != null) work.job().pause(jdbc, requeue.pause());
  }

  private static void giveUp(JdbcClient jdbc, Work work, FailureReason reason, Problem problem) {
    if (reason == FailureReason.HARDWARE) quarantine(jdbc, work);
    work.task().end(jdbc, TaskState.FAILED);
    work.job().fail(jdbc, reason, problem);
  }

  /** Nothing is granted on a slot whose hardware failed until an admin has looked at it. */
  private static void quarantine(JdbcClient jdbc, Work work) {
    jdbc.sql(
            """
            update slot s set quarantined_at = now(), quarantine_reason = :reason
            from lease_slot l
            where l.lease_id = :lease and l.slot_id = s.id and s.quarantined_at is null
            """)
        .param("reason", "hardware error under job " + work.job().id())
        .param("lease", work.lease().id())
        .update();
  }

  private void profiled(JdbcClient jdbc, Work work, DataProfile profile) {
    finish(jdbc, work, "profiled");
    var job = work.job();
    measured(jdbc, job, profile);
    var facts = JobFacts.read(jdbc, job.id());
    var left = ledger.lock(jdbc, job.team(), job.id()).free().payable(rate(jdbc, work));
    var input =
        new SelectionInput(profile, facts.inputs().model(), left, facts.requested(), facts.seed());
    switch (ProtocolChoice.decide(input)) {
      case Choice.Made(var decision) -> train(jdbc, work, profile, decision);
      case Choice.Impossible(var problem, _) -> job.fail(jdbc, FailureReason.USER_ERROR, problem);
    }
  }

  /** What the next task will cost, which runs in the same pool. */
  private static Rate rate(JdbcClient jdbc, Work work) {
    return Rates.current(jdbc).getOrDefault(String.valueOf(work.task().pool()), Rate.FREE);
  }

  private void train(JdbcClient jdbc, Work work, DataProfile profile, Decision decision) {
    var job = work.job();
    decided(jdbc, job, decision);
    var need = StartNeed.train(terms, profile, decision.chosen());
    var predicted = RunTime.train(profile, decision.chosen());
    TaskRow.insert(jdbc, job.team(), job.id(), TaskKind.TRAIN, work.task().pool(), need, predicted);
    job.move(jdbc, JobState.TRAINING, "chose " + decision.chosen().protocol().label());
  }

  private void trained(JdbcClient jdbc, Work work, TrainerEvent.Trained trained) {
    finish(jdbc, work, "trained");
    var job = work.job();
    list(jdbc, job, ArtifactKind.WEIGHTS, trained.files());
    var profile = profile(jdbc, job.id());
    var need = StartNeed.evaluate(terms, profile);
    var predicted = RunTime.evaluate(profile);
    TaskRow.insert(
        jdbc, job.team(), job.id(), TaskKind.EVALUATE, work.task().pool(), need, predicted);
    job.move(jdbc, JobState.EVALUATING, "trained " + trained.steps() + " steps");
  }

  private void evaluated(JdbcClient jdbc, Work work, TrainerEvent.Evaluated evaluated) {
    finish(jdbc, work, "evaluated");
    var job = work.job();
    scored(jdbc, job, evaluated);
    for (var export : evaluated.exports()) {
      list(jdbc, job, ArtifactKind.valueOf(export.kind()), export.files());
    }
    job.move(jdbc, JobState.SUCCEEDED, "evaluated on " + evaluated.samples() + " samples");
  }

  private void finish(JdbcClient jdbc, Work work, String how) {
    leases.release(jdbc, work.lease(), how);
    work.task().end(jdbc, TaskState.DONE);
  }

  /** A trainer of another version may export what this platform has no name for. */
  private static boolean isReadable(TrainerEvent last) {
    if (!(last instanceof TrainerEvent.Evaluated evaluated)) return true;
    var kinds = evaluated.exports().stream().map(TrainerEvent.Export::kind).toList();
    return Set.copyOf(kinds).size() == kinds.size()
        && kinds.stream().allMatch(ArtifactKind.EXPORTS::contains);
  }

  private static DataProfile profile(JdbcClient jdbc, UUID job) {
    return Json.read(
        jdbc.sql("select profile from job where id = :job")
            .param("job", job)
            .query(String.class)
            .single(),
        DataProfile.class);
  }

  private static void measured(JdbcClient jdbc, JobRow job, DataProfile profile) {
    stored(
        job,
        jdbc.sql(
                """
                update job set profile = :profile::jsonb where id = :id and version = :version
                """)
            .param("profile", Json.write(profile))
            .param("id", job.id())
            .param("version", job.version())
            .update());
  }

  private static void decided(JdbcClient jdbc, JobRow job, Decision decision) {
    stored(
        job,
        jdbc.sql(
                """
                update job set decision = :decision::jsonb, training = :training::jsonb
                where id = :id and version = :version
                """)
            .param("decision", Json.write(decision))
            .param("training", Json.write(decision.chosen()))
            .param("id", job.id())
            .param("version", job.version())
            .update());
  }

  private static void scored(JdbcClient jdbc, JobRow job, TrainerEvent.Evaluated result) {
    stored(
        job,
        jdbc.sql("update job set result = :result::jsonb where id = :id and version = :version")
            .param("result", Json.write(result))
            .param("id", job.id())
            .param("version", job.version())
            .update());
  }

  private static void stored(JobRow job, int rows) {
    if (rows != 1) {
      throw new IllegalStateException("Job " + job.id() + " changed although it was locked");
    }
  }

  private static void list(JdbcClient jdbc, JobRow job, ArtifactKind kind, List<NamedBlob> files) {
    jdbc.sql(
            """
            insert into artifact (team_id, job_id, kind, files)
            values (:team, :job, :kind, :files::jsonb)
            """)
        .param("team", job.team())
        .param("job", job.id())
        .param("kind", kind.name())
        .param("files", Json.write(files))
        .update();
  }
}
