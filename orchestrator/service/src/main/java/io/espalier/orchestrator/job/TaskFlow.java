package io.espalier.orchestrator.job;

import io.espalier.domain.budget.Posting;
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
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.database.Printable;
import io.espalier.orchestrator.job.TaskChanges.NewTask;
import io.espalier.orchestrator.lease.Leases;
import java.util.List;
import java.util.Map;
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
  private final Terms terms;

  public TaskFlow(Leases leases, Terms terms) {
    this.leases = leases;
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

  /** Stores what trainers have reported; last words are for {@link #end}. */
  public void report(JdbcClient jdbc, Map<Work, List<TrainerEvent>> events) {
    var reports = new TaskReports();
    events.forEach((work, of) -> reports.add(jdbc, work, of));
    reports.write(jdbc);
  }

  /** The trainer has said its last word. */
  public void end(JdbcClient jdbc, WorkChanges changes, Work work, TrainerEvent last) {
    var lease = work.lease();
    var after =
        last instanceof TrainerEvent.Failed failed && hasAnotherStart(jdbc, work, failed)
            ? AfterRun.lost(work.run(), failed.problem().message())
            : AfterRun.said(work.run(), last, isReadable(last));
    switch (after) {
      case AfterRun.Unwanted() -> leases.release(changes.leases, lease, "no longer wanted");
      case AfterRun.Done(var answer) -> done(changes, work, answer);
      case AfterRun.Requeue requeue -> {
        release(changes, work, requeue.billed(), requeue.how());
        requeue(changes, work, requeue);
      }
      case AfterRun.GiveUp(var reason, var problem) -> {
        release(changes, work, reason.isBilled(), reason.label() + ": " + problem.message());
        giveUp(changes, work, reason, problem);
      }
    }
  }

  /** It could not read its checkpoint: that one is listed no more, and it starts before it. */
  private static boolean hasAnotherStart(JdbcClient jdbc, Work work, TrainerEvent.Failed failed) {
    var content = failed.problem().value();
    return failed.reason() == FailureReason.INPUT_UNREADABLE
        && content != null
        && Checkpoints.forget(jdbc, work.task().id(), content);
  }

  private void release(WorkChanges changes, Work work, boolean billed, String how) {
    var line = Printable.line(how, MOST_CHARACTERS);
    if (billed) leases.release(changes.leases, work.lease(), line);
    else leases.releaseAfterFault(changes.leases, work.lease(), line);
  }

  private void done(WorkChanges changes, Work work, TrainerEvent answer) {
    switch (answer) {
      case TrainerEvent.Profiled profiled -> profiled(changes, work, profiled.profile());
      case TrainerEvent.Trained trained -> trained(changes, work, trained);
      case TrainerEvent.Evaluated evaluated -> evaluated(changes, work, evaluated);
      case TrainerEvent other -> throw new IllegalArgumentException("Not an answer: " + other);
    }
  }

  /** Nobody runs the task any more, and its trainer has not said why. */
  public void lost(JdbcClient jdbc, Work work, String how) {
    var changes = new WorkChanges(leases.changes(jdbc, List.of()), Grounds.read(jdbc, Map.of()));
    leases.expire(changes.leases, work.lease(), how);
    switch (AfterRun.lost(work.run(), how)) {
      case AfterRun.Unwanted() -> {}
      case AfterRun.Requeue requeue -> requeue(changes, work, requeue);
      case AfterRun.GiveUp(var reason, var problem) -> giveUp(changes, work, reason, problem);
      case AfterRun.Done(var answer) -> throw new IllegalStateException("Lost with " + answer);
    }
    changes.write(jdbc);
  }

  private static void requeue(WorkChanges changes, Work work, AfterRun.Requeue requeue) {
    if (requeue.elsewhere()) changes.quarantine(work);
    changes.tasks.requeue(work.task(), requeue, requeue.elsewhere() ? work.lease().agent() : null);
    if (requeue.pause() != null) changes.jobs.pause(work.job(), requeue.pause());
  }

  private static void giveUp(
      WorkChanges changes, Work work, FailureReason reason, Problem problem) {
    if (reason == FailureReason.HARDWARE) changes.quarantine(work);
    changes.tasks.end(work.task(), TaskState.FAILED);
    changes.jobs.fail(work.job(), reason, problem);
  }

  private void profiled(WorkChanges changes, Work work, DataProfile profile) {
    var released = finish(changes, work, "profiled");
    var job = work.job();
    changes.jobs.measured(job, profile);
    var facts = changes.grounds.facts(job);
    // What the next task will cost, which runs in the same pool.
    var rate = changes.grounds.rate(work.task().pool());
    var left = changes.grounds.freeAfter(work.lease(), released).payable(rate);
    var input =
        new SelectionInput(profile, facts.inputs().model(), left, facts.requested(), facts.seed());
    switch (ProtocolChoice.decide(input)) {
      case Choice.Made(var decision) -> train(changes, work, profile, decision);
      case Choice.Impossible(var problem, _) ->
          changes.jobs.fail(job, FailureReason.USER_ERROR, problem);
    }
  }

  private void train(WorkChanges changes, Work work, DataProfile profile, Decision decision) {
    var job = work.job();
    changes.jobs.decided(job, decision);
    var need = StartNeed.train(terms, profile, decision.chosen());
    var predicted = RunTime.train(profile, decision.chosen());
    changes.tasks.add(
        new NewTask(job.team(), job.id(), TaskKind.TRAIN, work.task().pool(), need, predicted));
    changes.jobs.move(job, JobState.TRAINING, "chose " + decision.chosen().protocol().label());
  }

  private void trained(WorkChanges changes, Work work, TrainerEvent.Trained trained) {
    finish(changes, work, "trained");
    var job = work.job();
    changes.list(job, ArtifactKind.WEIGHTS, trained.files());
    var profile = changes.grounds.profile(job);
    var need = StartNeed.evaluate(terms, profile);
    var predicted = RunTime.evaluate(profile);
    changes.tasks.add(
        new NewTask(job.team(), job.id(), TaskKind.EVALUATE, work.task().pool(), need, predicted));
    changes.jobs.move(job, JobState.EVALUATING, "trained " + trained.steps() + " steps");
  }

  private void evaluated(WorkChanges changes, Work work, TrainerEvent.Evaluated evaluated) {
    finish(changes, work, "evaluated");
    var job = work.job();
    changes.jobs.scored(job, evaluated);
    for (var export : evaluated.exports()) {
      changes.list(job, ArtifactKind.valueOf(export.kind()), export.files());
    }
    changes.jobs.move(job, JobState.SUCCEEDED, "evaluated on " + evaluated.samples() + " samples");
  }

  private List<Posting> finish(WorkChanges changes, Work work, String how) {
    changes.tasks.end(work.task(), TaskState.DONE);
    return leases.release(changes.leases, work.lease(), how);
  }

  /** A trainer of another version may export what this platform has no name for. */
  private static boolean isReadable(TrainerEvent last) {
    if (!(last instanceof TrainerEvent.Evaluated evaluated)) return true;
    var kinds = evaluated.exports().stream().map(TrainerEvent.Export::kind).toList();
    return Set.copyOf(kinds).size() == kinds.size()
        && kinds.stream().allMatch(ArtifactKind.EXPORTS::contains);
  }
}
