package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.jsonOrNull;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.job.TaskKind;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.StartWindow;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Decision;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.orchestrator.page.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads jobs for people: each with its task under way, its names and its account. */
final class JobViews {

  private static final String SELECT =
      """
      select j.id, j.team_id, j.name, u.display_name, m.id as model_id, m.name as model_name,
             d.id as dataset_id, d.name as dataset_name, v.number, v.id as version_id,
             j.requested_protocol, j.seed, j.priority, j.slots, j.labels, j.pool, j.not_before,
             j.start_window, j.deadline, j.version as job_version, j.state, j.pause_reason,
             j.failure_reason, j.problem,
             j.profile, j.decision, j.training, j.result, a.funded, a.held, a.spent, a.money_spent,
             j.submitted_at, j.finished_at,
             t.kind, t.state as task_state, t.losses, t.progress, t.waiting_reason, t.waiting_text,
             g.name as agent_name
      from %s j
      join app_user u on u.id = j.owner_id
      join base_model m on m.id = j.base_model_id
      join dataset_version v on v.id = j.dataset_version_id
      join dataset d on d.id = v.dataset_id
      join budget_account a on a.job_id = j.id
      left join task t on t.job_id = j.id and t.state in ('WAITING', 'LEASED')
      left join lease l on l.task_id = t.id and l.state = 'LIVE'
      left join agent g on g.id = l.agent_id
      """;

  private static final String FIND = SELECT.formatted("job") + "where j.id = :id";

  private static final String NEWEST_FIRST = "order by j.submitted_at desc, j.id desc ";

  static Optional<JobView> find(JdbcClient jdbc, UUID id) {
    return jdbc.sql(FIND).param("id", id).query((row, _) -> view(row)).optional();
  }

  static Page<JobView> list(JdbcClient jdbc, JobFilter filter, PageRequest page) {
    var after = page.after() == null ? null : Position.parse(page.after());
    var views =
        jdbc.sql(SELECT.formatted("(" + pageOf(filter) + ")") + NEWEST_FIRST)
            .param("team", filter.team())
            .param("states", filter.states().stream().map(Enum::name).toArray(String[]::new))
            .param("at", after == null ? null : parameter(after.at()))
            .param("id", after == null ? null : after.id())
            .param("limit", page.size() + 1)
            .query((row, _) -> view(row))
            .list();
    if (views.size() <= page.size()) return new Page<>(views, null);
    var shown = views.subList(0, page.size());
    var last = shown.getLast();
    return new Page<>(shown, new Position(last.submittedAt(), last.id()).toString());
  }

  /** The jobs of a page alone: what they refer to is read for no other. */
  private static String pageOf(JobFilter filter) {
    return """
    select * from job j
    where (j.submitted_at, j.id) < (coalesce(:at::timestamptz, 'infinity'), :id::uuid)
      and (cardinality(:states::text[]) = 0 or j.state = any (:states::text[]))
    """
        + (filter.team() == null ? "" : "and j.team_id = :team ")
        + NEWEST_FIRST
        + "limit :limit";
  }

  private static JobView view(ResultSet row) throws SQLException {
    return new JobView(
        uuid(row, "id"),
        uuid(row, "team_id"),
        row.getString("name"),
        row.getString("display_name"),
        new JobView.Named(uuid(row, "model_id"), row.getString("model_name")),
        new JobView.Named(uuid(row, "dataset_id"), row.getString("dataset_name")),
        row.getInt("number"),
        uuid(row, "version_id"),
        constantOrNull(row, "requested_protocol", Protocol.class),
        row.getLong("seed"),
        scheduling(row),
        row.getLong("job_version"),
        constant(row, "state", JobState.class),
        constantOrNull(row, "pause_reason", PauseReason.class),
        constantOrNull(row, "failure_reason", FailureReason.class),
        jsonOrNull(row, "problem", Problem.class),
        inWords(row),
        running(row),
        whyWaiting(row),
        jsonOrNull(row, "profile", DataProfile.class),
        jsonOrNull(row, "decision", Decision.class),
        jsonOrNull(row, "training", Training.class),
        jsonOrNull(row, "result", TrainerEvent.Evaluated.class),
        gpuTime(row, "funded"),
        gpuTime(row, "held"),
        gpuTime(row, "spent"),
        money(row, "money_spent"),
        instant(row, "submitted_at"),
        instantOrNull(row, "finished_at"));
  }

  private static Scheduling scheduling(ResultSet row) throws SQLException {
    return new Scheduling(
        constant(row, "priority", PriorityClass.class),
        row.getInt("slots"),
        List.of((String[]) row.getArray("labels").getArray()),
        row.getString("pool"),
        instantOrNull(row, "not_before"),
        jsonOrNull(row, "start_window", StartWindow.class),
        instantOrNull(row, "deadline"));
  }

  private static String inWords(ResultSet row) throws SQLException {
    return constant(row, "state", JobState.class)
        .sentence(
            constantOrNull(row, "pause_reason", PauseReason.class),
            constantOrNull(row, "failure_reason", FailureReason.class));
  }

  private static JobView.@Nullable Running running(ResultSet row) throws SQLException {
    var kind = constantOrNull(row, "kind", TaskKind.class);
    if (kind == null) return null;
    return new JobView.Running(
        kind,
        row.getString("task_state").equals("LEASED"),
        row.getString("agent_name"),
        row.getInt("losses"),
        jsonOrNull(row, "progress", TrainerEvent.Progress.class));
  }

  private static JobView.@Nullable WhyWaiting whyWaiting(ResultSet row) throws SQLException {
    var reason = constantOrNull(row, "waiting_reason", WaitingReason.class);
    return reason == null ? null : new JobView.WhyWaiting(reason, row.getString("waiting_text"));
  }

  private JobViews() {}
}
