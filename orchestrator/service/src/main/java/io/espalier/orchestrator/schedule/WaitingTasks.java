package io.espalier.orchestrator.schedule;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.instantOrNull;
import static io.espalier.orchestrator.database.Columns.millisOrNull;
import static io.espalier.orchestrator.database.Columns.moneyOrUnlimited;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.schedule.RunTime;
import io.espalier.domain.schedule.Shape;
import io.espalier.domain.schedule.Snapshot.Waiting;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.domain.unit.Bytes;
import io.espalier.orchestrator.database.ColumnArrays;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads what waits, as far as one cycle can come: the heads of queues, and what is to be told why
 * it waits. A queue is what one member of a team has waiting in one class and shape.
 */
final class WaitingTasks {

  /** What a task was last told about its waiting. */
  record Told(@Nullable WaitingReason reason, @Nullable String text) {}

  private record Queue(UUID team, String shape, int priority, UUID owner) {}

  /** Of each queue, at least: so many are told why they wait. */
  private static final int FEWEST_HEADS = 8;

  /** Of what a cycle can grant, read so many times over: not all queues have as many turns. */
  private static final int ABUNDANCE = 2;

  private static final String WAITING =
      """
      select k.id, k.version, k.job_id, j.version as job_version, k.team_id, k.owner_id, k.kind,
             j.pause_reason is not distinct from 'BUDGET' as parked, k.pool, k.slots, k.labels,
             k.priority, k.need_millis, a.funded + a.overdraft - a.held - a.spent as cap_free,
             a.money_funded - a.money_held - a.money_spent as cap_money, k.place,
             k.opens_at, j.deadline, k.predicted_millis, k.avoid_agent, k.waiting_reason,
             k.waiting_text,
             (k.progress ->> 'done')::int as done, (k.progress ->> 'total')::int as total,
             k.saved_at
      from task k
      join job j on j.id = k.job_id
      join budget_account a on a.job_id = j.id
      where k.state = 'WAITING' and (j.state <> 'PAUSED' or j.pause_reason <> 'USER')
      """;

  /** They are found by skipping from one to the next in their index, however long they are. */
  private static final String QUEUES =
      """
      with recursive queue as (
        (select team_id, shape, priority, owner_id from task where state = 'WAITING'
         order by team_id, shape, priority, owner_id limit 1)
        union all
        select n.team_id, n.shape, n.priority, n.owner_id
        from queue q cross join lateral (
          select team_id, shape, priority, owner_id from task
          where state = 'WAITING' and (team_id, shape, priority, owner_id)
                > (q.team_id, q.shape, q.priority, q.owner_id)
          order by team_id, shape, priority, owner_id limit 1) n)
      select * from queue
      """;

  /**
   * The heads of one queue are read in the index's order and no further: bounded by the whole key
   * from both sides rather than by equality, since PostgreSQL takes what is equal for few rows, and
   * would join and sort all of a long queue.
   */
  private static final String HEADS =
      """
      select q.number, h.*, coalesce(u.millis, 0) as usage
      from unnest(:teams::uuid[], :shapes::text[], :priorities::int[], :owners::uuid[])
             with ordinality as q (team_id, shape, priority, owner_id, number)
      cross join lateral (
      """
          + WAITING
          + """
                and (k.team_id, k.shape, k.priority, k.owner_id, k.place)
                    >= (q.team_id, q.shape, q.priority, q.owner_id, '-infinity'::timestamptz)
                and (k.team_id, k.shape, k.priority, k.owner_id, k.place)
                    <= (q.team_id, q.shape, q.priority, q.owner_id, 'infinity'::timestamptz)
                and (k.opens_at is null or k.opens_at <= now())
                and a.funded + a.overdraft - a.held - a.spent >= k.need_millis
              order by k.team_id, k.shape, k.priority, k.owner_id, k.place, k.id limit :most) h
          left join member_usage u on u.team_id = h.team_id and u.user_id = h.owner_id
          order by q.number, h.place, h.id
          """;

  /** Tasks that are no heads, because they could not start anyway, and have not been told so. */
  private static final String SET_ASIDE =
      "select w.*, 0 as usage from ("
          + WAITING
          + """
            and (k.kind <> 'PROFILE' or k.epoch > 0)
            and a.funded + a.overdraft - a.held - a.spent < k.need_millis
            and k.waiting_reason is distinct from 'CAP' limit 200) w
          union all
          select w.*, 0 as usage from (
          """
          + WAITING
          + """
            and k.opens_at > now() and k.waiting_reason is distinct from 'START_WINDOW' limit 200) w
          """;

  private final int free;
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<UUID, Told> told = new HashMap<>();
  private final Set<UUID> last = new HashSet<>();

  /** {@code free}: slots that nobody has. */
  WaitingTasks(int free) {
    this.free = free;
  }

  List<Waiting> all() {
    return List.copyOf(waiting);
  }

  /** By task. */
  Map<UUID, Told> told() {
    return Map.copyOf(told);
  }

  /** Tasks behind which more of their queue wait than were read. */
  Set<UUID> last() {
    return Set.copyOf(last);
  }

  /** Of each queue so many heads as it may well have turns. */
  void readForCycle(JdbcClient jdbc) {
    var queues = queues(jdbc);
    int turns = ABUNDANCE * mostTurns() / Math.max(1, queues.size());
    readHeads(jdbc, queues, Math.clamp(turns, FEWEST_HEADS, mostTurns()));
    readSetAside(jdbc);
  }

  /** Of each queue so many heads as could be granted, and a task, head or not. */
  void readAround(JdbcClient jdbc, UUID task) {
    readHeads(jdbc, queues(jdbc), mostTurns());
    readSetAside(jdbc);
    if (told.containsKey(task)) return;
    jdbc.sql("select w.*, 0 as usage from (" + WAITING + "and k.id = :task) w")
        .param("task", task)
        .query(this::add);
  }

  /** Of one queue, if no other has any. */
  private int mostTurns() {
    return FEWEST_HEADS + Math.clamp(free, 0, Planning.MOST_GRANTS);
  }

  private static List<Queue> queues(JdbcClient jdbc) {
    return jdbc.sql(QUEUES)
        .query((row, _) ->
            new Queue(
                uuid(row, "team_id"),
                row.getString("shape"),
                row.getInt("priority"),
                uuid(row, "owner_id")))
        .list();
  }

  private void readHeads(JdbcClient jdbc, List<Queue> queues, int most) {
    var heads = new HashMap<Integer, Integer>();
    jdbc.sql(HEADS)
        .param("teams", ColumnArrays.uuids(queues, Queue::team))
        .param("shapes", ColumnArrays.texts(queues, Queue::shape))
        .param("priorities", ColumnArrays.integers(queues, Queue::priority))
        .param("owners", ColumnArrays.uuids(queues, Queue::owner))
        .param("most", most)
        .query(row -> {
          add(row);
          if (heads.merge(row.getInt("number"), 1, Integer::sum) == most) {
            last.add(uuid(row, "id"));
          }
        });
  }

  private void readSetAside(JdbcClient jdbc) {
    jdbc.sql(SET_ASIDE).query(this::add);
  }

  private void add(ResultSet row) throws SQLException {
    waiting.add(waiting(row));
    told.put(
        uuid(row, "id"),
        new Told(
            constantOrNull(row, "waiting_reason", WaitingReason.class),
            row.getString("waiting_text")));
  }

  private static Waiting waiting(ResultSet row) throws SQLException {
    var savedAt = instantOrNull(row, "saved_at");
    var saved =
        savedAt == null || row.getObject("done") == null
            ? null
            : new RunTime.Progress(row.getInt("done"), row.getInt("total"), savedAt);
    var avoid = uuidOrNull(row, "avoid_agent");
    return new Waiting(
        uuid(row, "id"),
        row.getLong("version"),
        uuid(row, "job_id"),
        row.getLong("job_version"),
        uuid(row, "team_id"),
        uuid(row, "owner_id"),
        row.getDouble("usage"),
        constant(row, "kind", TaskKind.class),
        row.getBoolean("parked"),
        new Shape(
            row.getString("pool"),
            row.getInt("slots"),
            List.of((String[]) row.getArray("labels").getArray()),
            new Bytes(0)),
        Snapshots.priority(row),
        gpuTime(row, "need_millis"),
        gpuTime(row, "cap_free"),
        moneyOrUnlimited(row, "cap_money"),
        instant(row, "place"),
        instantOrNull(row, "opens_at"),
        instantOrNull(row, "deadline"),
        RunTime.ofWaiting(millisOrNull(row, "predicted_millis"), saved),
        avoid == null ? List.of() : List.of(avoid));
  }
}
