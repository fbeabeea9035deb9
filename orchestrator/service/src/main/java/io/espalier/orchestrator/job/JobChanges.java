package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.parameterOrNull;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Decision;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.database.ColumnArrays;
import io.espalier.orchestrator.database.Json;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What becomes of locked jobs in one transaction, stored with one statement for all of them and one
 * for their timelines.
 */
final class JobChanges {

  private record Change(
      JobRow job,
      JobState to,
      String why,
      @Nullable PauseReason pause,
      @Nullable FailureReason failure,
      @Nullable Problem problem) {}

  /** What was learnt about a job; null for nothing new. */
  private static final class Learnt {
    @Nullable DataProfile profile;
    @Nullable Decision decision;
    TrainerEvent.@Nullable Evaluated result;
  }

  private final List<Change> changes = new ArrayList<>();

  /** By job. */
  private final Map<UUID, Learnt> learnt = new HashMap<>();

  /** These are stored with a move of their job. */
  void measured(JobRow job, DataProfile profile) {
    learnt(job).profile = profile;
  }

  void decided(JobRow job, Decision decision) {
    learnt(job).decision = decision;
  }

  void scored(JobRow job, TrainerEvent.Evaluated result) {
    learnt(job).result = result;
  }

  private Learnt learnt(JobRow job) {
    return learnt.computeIfAbsent(job.id(), _ -> new Learnt());
  }

  void move(JobRow job, JobState to, String why) {
    add(new Change(job, to, why, null, null, null));
  }

  void pause(JobRow job, PauseReason reason) {
    add(new Change(job, JobState.PAUSED, reason.name(), reason, null, null));
  }

  void fail(JobRow job, FailureReason reason, Problem problem) {
    add(new Change(job, JobState.FAILED, reason.name(), null, reason, problem));
  }

  private void add(Change change) {
    var job = change.job();
    if (!job.state().next().contains(change.to())) {
      throw new IllegalStateException(
          "Job " + job.id() + " cannot go from " + job.state() + " to " + change.to());
    }
    changes.add(change);
  }

  void write(JdbcClient jdbc) {
    if (changes.isEmpty()) return;
    int changed =
        jdbc.sql(
                """
                update job j
                set state = n.state, pause_reason = n.pause, failure_reason = n.failure,
                    problem = n.problem::jsonb, finished_at = n.finished,
                    profile = coalesce(n.profile::jsonb, j.profile),
                    decision = coalesce(n.decision::jsonb, j.decision),
                    training = coalesce(n.training::jsonb, j.training),
                    result = coalesce(n.result::jsonb, j.result), version = j.version + 1
                from unnest(:ids::uuid[], :versions::bigint[], :states::text[], :pauses::text[],
                            :failures::text[], :problems::text[], :finished::timestamptz[],
                            :profiles::text[], :decisions::text[], :trainings::text[],
                            :results::text[])
                  as n (id, version, state, pause, failure, problem, finished, profile, decision,
                        training, result)
                where j.id = n.id and j.version = n.version
                """)
            .param("ids", ColumnArrays.uuids(changes, change -> change.job().id()))
            .param("versions", ColumnArrays.longs(changes, change -> change.job().version()))
            .param("states", ColumnArrays.texts(changes, change -> change.to().name()))
            .param("pauses", ColumnArrays.texts(changes, change -> name(change.pause())))
            .param("failures", ColumnArrays.texts(changes, change -> name(change.failure())))
            .param("problems", ColumnArrays.texts(changes, change -> json(change.problem())))
            .param("finished", ColumnArrays.texts(changes, change -> text(finished(change))))
            .param("profiles", learnt(one -> one.profile))
            .param("decisions", learnt(one -> one.decision))
            .param("trainings", learnt(one -> one.decision == null ? null : one.decision.chosen()))
            .param("results", learnt(one -> one.result))
            .update();
    if (changed != changes.size()) {
      throw new IllegalStateException(
          "%d of %d jobs changed although they were locked"
              .formatted(changes.size() - changed, changes.size()));
    }
    jdbc.sql(
            """
            insert into job_transition (team_id, job_id, from_state, to_state, reason)
            select team, job, from_state, to_state, reason
            from unnest(:teams::uuid[], :jobs::uuid[], :froms::text[], :tos::text[],
                        :reasons::text[]) with ordinality
              as n (team, job, from_state, to_state, reason, place)
            order by place
            """)
        .param("teams", ColumnArrays.uuids(changes, change -> change.job().team()))
        .param("jobs", ColumnArrays.uuids(changes, change -> change.job().id()))
        .param("froms", ColumnArrays.texts(changes, change -> change.job().state().name()))
        .param("tos", ColumnArrays.texts(changes, change -> change.to().name()))
        .param("reasons", ColumnArrays.texts(changes, Change::why))
        .update();
    changes.clear();
    learnt.clear();
  }

  private @Nullable String[] learnt(Function<Learnt, @Nullable Object> column) {
    return ColumnArrays.texts(
        changes,
        change -> {
          var one = learnt.get(change.job().id());
          var value = one == null ? null : column.apply(one);
          return value == null ? null : Json.write(value);
        });
  }

  private static @Nullable OffsetDateTime finished(Change change) {
    return parameterOrNull(change.to().isTerminal() ? change.job().now() : null);
  }

  private static @Nullable String text(@Nullable OffsetDateTime at) {
    return at == null ? null : at.toString();
  }

  private static @Nullable String name(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name();
  }

  private static @Nullable String json(@Nullable Problem problem) {
    return problem == null ? null : Json.write(problem);
  }
}
