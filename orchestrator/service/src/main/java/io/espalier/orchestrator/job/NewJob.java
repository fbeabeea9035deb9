package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.parameterOrNull;

import io.espalier.domain.job.JobState;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.job.TaskChanges.NewTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A submission that may become a job.
 *
 * @param wanted what it names
 * @param key of the request; null if it may be made twice
 * @param need what must be fundable before its first task is worth a start
 * @param predicted how long its first task will run
 */
record NewJob(
    Submission submission,
    Admission.Wanted wanted,
    @Nullable String key,
    GpuTime need,
    Duration predicted) {

  /**
   * Job, timeline, first task, account and audit entry in one statement: a submission costs little
   * more than its round trips. The first part has the name of its table, so that the others read
   * the new row there.
   */
  private static final String INSERT =
      """
      with job as (
        insert into job (id, team_id, name, owner_id, base_model_id, dataset_version_id,
          requested_protocol, cap_millis, cap_money, seed, priority, slots, labels, pool,
          not_before, start_window, deadline, idempotency_key, request_hash, state)
        values (:id, :team, :name, :owner, :model, :dataset, :protocol, :cap, :money::bigint, :seed,
          :priority, :slots, :labels::text[], :pool, :notBefore, :window::jsonb, :deadline, :key,
          :hash, 'QUEUED')
        on conflict (team_id, idempotency_key) do nothing
        returning id, team_id, owner_id, state, cap_millis, cap_money, priority, slots, labels, pool,
          not_before, start_window, submitted_at
      ), job_transition as (
        insert into job_transition (team_id, job_id, to_state, reason)
        select team_id, id, state, 'submitted' from job
      ), task as (
      """
          + TaskChanges.INSERT
          + "), "
          + Ledger.OPEN_CAP
          + ", "
          + Audit.entering(
              "select :actor, team_id, 'submit', 'job ' || id, :detail::jsonb from job")
          + "select submitted_at from job";

  /**
   * Empty, and nothing is stored, if the key has made a job before.
   *
   * @param hash of the submission: a repeated key must repeat it
   */
  Optional<JobView> insert(JdbcClient jdbc, Principal principal, byte[] hash) {
    var id = UUID.randomUUID();
    var scheduling = submission.scheduling();
    var first = new NewTask(submission.team(), id, TaskKind.PROFILE, null, need, predicted);
    return jdbc.sql(INSERT)
        .param("id", id)
        .param("team", submission.team())
        .param("name", submission.name())
        .param("owner", principal.userId())
        .param("model", submission.baseModelId())
        .param("dataset", submission.datasetVersionId())
        .param("protocol", submission.protocol() == null ? null : submission.protocol().name())
        .param("cap", submission.cap().millis())
        .param("money", submission.money() == null ? null : submission.money().micros())
        .param("seed", submission.seed())
        .param("priority", scheduling.priority().name())
        .param("slots", scheduling.slots())
        .param("labels", scheduling.labels().toArray(String[]::new))
        .param("pool", scheduling.pool())
        .param("notBefore", parameterOrNull(scheduling.notBefore()))
        .param("window", scheduling.window() == null ? null : Json.write(scheduling.window()))
        .param("deadline", parameterOrNull(scheduling.deadline()))
        .param("key", key)
        .param("hash", hash)
        .params(TaskChanges.columns(List.of(first)))
        .param("actor", principal.login())
        .param("detail", Json.write(Map.of("cap", submission.cap())))
        .query((row, _) -> view(id, principal, instant(row, "submitted_at")))
        .optional();
  }

  /** What reading the new job would answer: nothing has happened to it yet. */
  private JobView view(UUID id, Principal owner, Instant submittedAt) {
    return new JobView(
        id,
        submission.team(),
        submission.name(),
        owner.name(),
        new JobView.Named(submission.baseModelId(), wanted.model()),
        wanted.dataset(),
        wanted.datasetVersion(),
        submission.datasetVersionId(),
        submission.protocol(),
        submission.seed(),
        submission.scheduling(),
        0,
        JobState.QUEUED,
        null,
        null,
        null,
        JobState.QUEUED.sentence(null, null),
        new JobView.Running(TaskKind.PROFILE, false, null, 0, null),
        null,
        null,
        null,
        null,
        null,
        submission.cap(),
        GpuTime.ZERO,
        GpuTime.ZERO,
        Money.ZERO,
        submittedAt,
        null);
  }
}
