package io.espalier.orchestrator.budget;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.budget.Pace;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.orchestrator.page.Position;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What people do with budgets: fund a team, and read what its jobs hold and have spent. */
public final class Budgets {

  private static final int LONGEST_REASON = 200;

  private final Transactions transactions;
  private final Ledger ledger;
  private final Changes changes;
  private final Audit audit;

  public Budgets(Transactions transactions, Ledger ledger, Changes changes, Audit audit) {
    this.transactions = transactions;
    this.ledger = ledger;
    this.changes = changes;
    this.audit = audit;
  }

  /** The same without a key: every call adds. */
  public TeamBudget credit(Principal principal, UUID team, GpuTime amount, String reason) {
    return credit(principal, team, amount, reason, null);
  }

  /**
   * Adds to a team's budget. Jobs that rest for want of budget go on by themselves.
   *
   * @param idempotencyKey the same key with the same credit adds once
   */
  public TeamBudget credit(
      Principal principal,
      UUID team,
      GpuTime amount,
      String reason,
      @Nullable String idempotencyKey) {
    if (!amount.isMoreThan(GpuTime.ZERO)) {
      throw new Refused(
          Problem.of(
                  "credit-not-positive",
                  Category.INVALID,
                  "amount",
                  "A credit adds to the budget.",
                  "Send a positive amount.")
              .found(amount)
              .allowed("more than 0"));
    }
    if (reason.isBlank() || reason.length() > LONGEST_REASON) {
      throw new Refused(
          Problem.of(
                  "credit-reason",
                  Category.INVALID,
                  "reason",
                  "The ledger keeps why a budget was raised.",
                  "Give a reason in a few words.")
              .found(reason.length() + " characters")
              .allowed("1 to " + LONGEST_REASON + " characters"));
    }
    var work =
        (Function<JdbcClient, TeamBudget>)
            jdbc -> {
              if (ledger.fund(jdbc, team, amount, reason, idempotencyKey)) {
                var detail = Map.of("amount", amount, "reason", reason);
                audit.record(jdbc, principal.login(), team, "credit", "team " + team, detail);
              }
              return TeamBudget.of(team, ledger.ofTeam(jdbc, team));
            };
    TeamBudget after;
    if (principal.platformAdmin()) {
      after = transactions.asPlatformAdmin(principal, team, work);
    } else {
      principal.require(team, Role.OWNER);
      after = transactions.as(principal, work);
    }
    changes.announce(new Change.OfWork());
    return after;
  }

  public TeamBudget ofTeam(Principal principal, UUID team) {
    principal.require(team, Role.VIEWER);
    return transactions.as(principal, jdbc -> TeamBudget.of(team, ledger.ofTeam(jdbc, team)));
  }

  /** How fast the team spends, and on what without a result. */
  public TeamSpending spending(Principal principal, UUID team) {
    principal.require(team, Role.VIEWER);
    return transactions.as(
        principal,
        jdbc ->
            new TeamSpending(
                pace(jdbc, team),
                lost(jdbc, team, JobState.FAILED),
                lost(jdbc, team, JobState.CANCELLED)));
  }

  // A hold is posted when its slice begins, so the first one is when spending began.
  private static Pace pace(JdbcClient jdbc, UUID team) {
    return jdbc.sql(
            """
            select coalesce(sum(e.amount) filter (where e.kind = 'SETTLE'), 0) as spent,
                   coalesce(extract(epoch from now() - min(e.at)), 0) as seconds
            from budget_entry e join budget_account a on a.id = e.account_id
            where a.team_id = :team and a.job_id is null and e.kind in ('HOLD', 'SETTLE')
              and e.at > now() - interval '7 days'
            """)
        .param("team", team)
        .query(
            (row, _) -> new Pace(gpuTime(row, "spent"), Duration.ofSeconds(row.getLong("seconds"))))
        .single();
  }

  private static TeamSpending.Without lost(JdbcClient jdbc, UUID team, JobState end) {
    return jdbc.sql(
            """
            select count(*) as jobs, coalesce(sum(a.spent), 0) as spent
            from job j join budget_account a on a.job_id = j.id
            where j.team_id = :team and j.state = :end and a.spent > 0
            """)
        .param("team", team)
        .param("end", end.name())
        .query((row, _) -> new TeamSpending.Without(row.getInt("jobs"), gpuTime(row, "spent")))
        .single();
  }

  /** A team's jobs with what each holds and has spent, newest first. */
  public Page<JobStatement> statement(Principal principal, UUID team, PageRequest page) {
    principal.require(team, Role.VIEWER);
    var after = page.after() == null ? null : Position.parse(page.after());
    var lines =
        transactions.as(
            principal,
            jdbc ->
                jdbc.sql(
                        """
                        select j.id, j.name, u.display_name, j.state, j.pause_reason, j.failure_reason,
                               j.submitted_at, a.funded, a.held, a.spent
                        from job j
                        join app_user u on u.id = j.owner_id
                        join budget_account a on a.job_id = j.id
                        where j.team_id = :team
                          and (:at::timestamptz is null
                               or (j.submitted_at, j.id) < (:at::timestamptz, :id::uuid))
                        order by j.submitted_at desc, j.id desc limit :limit
                        """)
                    .param("team", team)
                    .param("at", after == null ? null : parameter(after.at()))
                    .param("id", after == null ? null : after.id())
                    .param("limit", page.size() + 1)
                    .query((row, _) ->
                        new JobStatement(
                            uuid(row, "id"),
                            row.getString("name"),
                            row.getString("display_name"),
                            constant(row, "state", JobState.class),
                            constantOrNull(row, "pause_reason", PauseReason.class),
                            constantOrNull(row, "failure_reason", FailureReason.class),
                            instant(row, "submitted_at"),
                            gpuTime(row, "funded"),
                            gpuTime(row, "held"),
                            gpuTime(row, "spent")))
                    .list());
    return Page.of(lines, page, line -> new Position(line.submittedAt(), line.job()));
  }

  /** Every movement of the team's account, newest first. */
  public Page<TeamEntry> entries(Principal principal, UUID team, PageRequest page) {
    principal.require(team, Role.VIEWER);
    var entries =
        transactions.as(
            principal,
            jdbc ->
                jdbc.sql(
                        """
                        select e.id, e.kind, e.amount, e.job_id, j.name, e.reason, e.at
                        from budget_entry e
                        join budget_account a on a.id = e.account_id
                        left join job j on j.id = e.job_id
                        where a.team_id = :team and a.job_id is null
                          and (:after::bigint is null or e.id < :after::bigint)
                        order by e.id desc limit :limit
                        """)
                    .param("team", team)
                    .param("after", page.afterNumber())
                    .param("limit", page.size() + 1)
                    .query((row, _) ->
                        new TeamEntry(
                            row.getLong("id"),
                            constant(row, "kind", EntryKind.class),
                            gpuTime(row, "amount"),
                            uuidOrNull(row, "job_id"),
                            row.getString("name"),
                            row.getString("reason"),
                            instant(row, "at")))
                    .list());
    return Page.of(entries, page, TeamEntry::id);
  }

  public JobCost ofJob(Principal principal, UUID job) {
    return transactions.as(
        principal,
        jdbc -> {
          var balance =
              jdbc.sql(
                      """
                      select funded, held, spent, overdraft from budget_account where job_id = :job
                      """)
                  .param("job", job)
                  .query((row, _) ->
                      new Balance(
                          gpuTime(row, "funded"),
                          gpuTime(row, "held"),
                          gpuTime(row, "spent"),
                          gpuTime(row, "overdraft")))
                  .optional()
                  .orElseThrow(() -> Absent.of("job", job));
          var entries = entries(jdbc, job);
          return new JobCost(job, balance, mostHeld(entries), entries);
        });
  }

  private static List<BudgetEntry> entries(JdbcClient jdbc, UUID job) {
    return jdbc.sql(
            """
            select e.id, e.kind, e.amount, e.lease_id, e.slice, e.reason, e.at
            from budget_entry e join budget_account a on a.id = e.account_id
            where a.job_id = :job order by e.id
            """)
        .param("job", job)
        .query((row, _) ->
            new BudgetEntry(
                row.getLong("id"),
                constant(row, "kind", EntryKind.class),
                gpuTime(row, "amount"),
                uuidOrNull(row, "lease_id"),
                row.getObject("slice", Integer.class),
                row.getString("reason"),
                instant(row, "at")))
        .list();
  }

  private static GpuTime mostHeld(List<BudgetEntry> entries) {
    var held = GpuTime.ZERO;
    var most = GpuTime.ZERO;
    for (var entry : entries) {
      held =
          switch (entry.kind()) {
            case HOLD -> held.plus(entry.amount());
            case SETTLE, VOID -> held.minus(entry.amount());
            case CREDIT -> held;
          };
      if (held.isMoreThan(most)) most = held;
    }
    return most;
  }
}
