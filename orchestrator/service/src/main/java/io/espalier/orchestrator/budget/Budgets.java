package io.espalier.orchestrator.budget;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.budget.Pace;
import io.espalier.domain.budget.Period;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What people do with budgets: fund a team, give to another, overdraw by permission, repeat an
 * allowance, and read what jobs hold and have spent.
 */
public final class Budgets {

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

  /** The same in GPU time and without a key: every call adds. */
  public TeamBudget credit(Principal principal, UUID team, GpuTime amount, String reason) {
    return credit(principal, team, Amount.of(amount), reason, null);
  }

  /**
   * Adds to a team's budget. Jobs that rest for want of budget go on by themselves.
   *
   * @param idempotencyKey the same key with the same credit adds once
   */
  public TeamBudget credit(
      Principal principal,
      UUID team,
      Amount amount,
      @Nullable String reason,
      @Nullable String idempotencyKey) {
    requirePositive(amount);
    var why = Reason.checked(reason);
    return change(
        principal,
        team,
        jdbc -> {
          if (ledger.fund(jdbc, team, amount, why, idempotencyKey)) {
            record(jdbc, principal, "credit", team, Map.of("amount", amount, "reason", why));
          }
        });
  }

  /**
   * Gives free budget of one team to another; for platform admins, and for owners of both teams.
   */
  public TeamBudget transfer(
      Principal principal, UUID from, UUID to, Amount amount, @Nullable String reason) {
    requirePositive(amount);
    var why = Reason.checked(reason);
    if (from.equals(to)) throw new Refused(toItself(from));
    var work =
        (Function<JdbcClient, TeamBudget>)
            jdbc -> {
              requireTeam(jdbc, to);
              if (!ledger.transfer(jdbc, from, to, amount, why)) {
                throw new Refused(notFree(from, amount, ledger.ofTeam(jdbc, from).free()));
              }
              var detail = Map.of("amount", amount, "to", to, "reason", why);
              record(jdbc, principal, "transfer", from, detail);
              return read(jdbc, from);
            };
    TeamBudget after;
    if (principal.platformAdmin()) {
      after = transactions.asPlatformAdmin(principal, List.of(from, to), work);
    } else {
      principal.require(from, Role.OWNER);
      principal.require(to, Role.OWNER);
      after = transactions.as(principal, work);
    }
    changes.announce(new Change.OfWork());
    return after;
  }

  /**
   * Lets a team use this much more than it was funded with, until it is set again; for platform
   * admins. It cannot be set below what is already used.
   */
  public TeamBudget setOverdraft(
      Principal admin, UUID team, Amount overdraft, @Nullable String reason) {
    admin.requirePlatformAdmin();
    var why = Reason.checked(reason);
    if (overdraft.isNegative()) throw new Refused(notPositive(overdraft, "0 or more"));
    return change(
        admin,
        team,
        jdbc -> {
          if (!ledger.setOverdraft(jdbc, team, overdraft, why)) {
            throw new Refused(overdraftInUse(ledger.ofTeam(jdbc, team), overdraft));
          }
          var detail = Map.of("overdraft", overdraft, "reason", why);
          record(jdbc, admin, "set overdraft", team, detail);
        });
  }

  /**
   * Gives a team an allowance again and again; for platform admins. The first one is credited at
   * once; where a team has a period already, the new rule counts from its end on.
   */
  public TeamBudget setPeriod(Principal admin, UUID team, Period rule) {
    admin.requirePlatformAdmin();
    return change(
        admin,
        team,
        jdbc -> {
          var before = Periods.of(jdbc, team);
          var now = now(jdbc);
          var began = before.map(TeamPeriod::beganAt).orElse(now);
          jdbc.sql(
                  """
                  insert into budget_period (team_id, every, allowance_millis, allowance_money,
                                             carry_percent, began_at, ends_at)
                  values (:team, :every, :millis, :money, :carry, :began, :ends)
                  on conflict (team_id) do update
                  set every = excluded.every, allowance_millis = excluded.allowance_millis,
                      allowance_money = excluded.allowance_money,
                      carry_percent = excluded.carry_percent, ends_at = excluded.ends_at,
                      version = budget_period.version + 1
                  """)
              .param("team", team)
              .param("every", rule.every().name())
              .param("millis", rule.allowance().time().millis())
              .param("money", rule.allowance().money().micros())
              .param("carry", rule.carryPercent())
              .param("began", parameter(began))
              .param("ends", parameter(rule.every().endAfter(began, now)))
              .update();
          if (before.isEmpty()) Periods.allow(jdbc, ledger, team, rule, now);
          record(jdbc, admin, "set period", team, Map.of("rule", rule));
        });
  }

  /** Ends the allowances of a team; what it has it keeps. For platform admins. */
  public TeamBudget endPeriod(Principal admin, UUID team) {
    admin.requirePlatformAdmin();
    return change(
        admin,
        team,
        jdbc -> {
          int ended =
              jdbc.sql("delete from budget_period where team_id = :team")
                  .param("team", team)
                  .update();
          if (ended > 0) record(jdbc, admin, "end period", team, Map.of());
        });
  }

  public TeamBudget ofTeam(Principal principal, UUID team) {
    return reading(principal, team, jdbc -> read(jdbc, team));
  }

  private TeamBudget read(JdbcClient jdbc, UUID team) {
    return TeamBudget.of(team, ledger.ofTeam(jdbc, team), Periods.of(jdbc, team).orElse(null));
  }

  /** For owners of the team and for platform admins. */
  private TeamBudget change(Principal principal, UUID team, Consumer<JdbcClient> work) {
    var whole =
        (Function<JdbcClient, TeamBudget>)
            jdbc -> {
              requireTeam(jdbc, team);
              work.accept(jdbc);
              return read(jdbc, team);
            };
    TeamBudget after;
    if (principal.platformAdmin()) {
      after = transactions.asPlatformAdmin(principal, team, whole);
    } else {
      principal.require(team, Role.OWNER);
      after = transactions.as(principal, whole);
    }
    changes.announce(new Change.OfWork());
    return after;
  }

  /** For members of the team and for platform admins. */
  private <T> T reading(Principal principal, UUID team, Function<JdbcClient, T> work) {
    if (principal.platformAdmin() && !principal.teams().containsKey(team)) {
      return transactions.asPlatformAdmin(
          principal,
          team,
          jdbc -> {
            requireTeam(jdbc, team);
            return work.apply(jdbc);
          });
    }
    principal.require(team, Role.VIEWER);
    return transactions.as(principal, work);
  }

  private static void requireTeam(JdbcClient jdbc, UUID team) {
    boolean known =
        jdbc.sql("select exists (select from team where id = :team)")
            .param("team", team)
            .query(Boolean.class)
            .single();
    if (!known) throw Absent.of("team", team);
  }

  private void record(
      JdbcClient jdbc, Principal principal, String action, UUID team, Map<String, ?> detail) {
    audit.record(jdbc, principal.login(), team, action, "team " + team, detail);
  }

  private static Instant now(JdbcClient jdbc) {
    return jdbc.sql("select clock_timestamp() as now")
        .query((row, _) -> instant(row, "now"))
        .single();
  }

  private static void requirePositive(Amount amount) {
    if (amount.isNegative() || amount.isNothing()) {
      throw new Refused(notPositive(amount, "more than 0"));
    }
  }

  private static Problem notPositive(Amount amount, String allowed) {
    return Problem.of(
            "credit-not-positive",
            Category.INVALID,
            "amount",
            "A budget is changed by an amount of GPU time, of money, or of both.",
            "Send a positive amount.")
        .found(amount)
        .allowed(allowed);
  }

  private static Problem toItself(UUID team) {
    return Problem.of(
            "transfer-to-itself",
            Category.INVALID,
            "team " + team,
            "A transfer goes from one team to another.",
            "Name another team.")
        .found(team);
  }

  private static Problem notFree(UUID team, Amount wanted, Amount free) {
    return Problem.of(
            "budget-not-free",
            Category.RESOURCES,
            "budget of team " + team,
            "Only what is neither held nor spent can be given away.",
            "Transfer less, or wait until running jobs give back what they hold.")
        .found(wanted)
        .allowed(free);
  }

  private static Problem overdraftInUse(Balance balance, Amount wanted) {
    return Problem.of(
            "overdraft-in-use",
            Category.CONFLICT,
            "overdraft",
            "The team already uses more than it would be left with.",
            "Credit what is missing first, or leave the overdraft as it is.")
        .found(wanted)
        .allowed(
            "at least " + balance.overdraft().minus(balance.free().atMost(balance.overdraft())));
  }

  /** How fast the team spends, and on what without a result. */
  public TeamSpending spending(Principal principal, UUID team) {
    return reading(
        principal,
        team,
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
            select coalesce(sum(e.amount) filter (where e.kind = 'SETTLE'), 0)
                     - coalesce(sum(e.amount) filter (where e.kind = 'REFUND'), 0) as spent,
                   coalesce(sum(e.money) filter (where e.kind = 'SETTLE'), 0)
                     - coalesce(sum(e.money) filter (where e.kind = 'REFUND'), 0) as money,
                   coalesce(extract(epoch from now() - min(e.at)), 0) as seconds
            from budget_entry e join budget_account a on a.id = e.account_id
            where a.team_id = :team and a.job_id is null and e.kind in ('HOLD', 'SETTLE', 'REFUND')
              and e.at > now() - interval '7 days'
            """)
        .param("team", team)
        .query((row, _) ->
            new Pace(
                new Amount(gpuTime(row, "spent"), money(row, "money")),
                Duration.ofSeconds(row.getLong("seconds"))))
        .single();
  }

  private static TeamSpending.Without lost(JdbcClient jdbc, UUID team, JobState end) {
    return jdbc.sql(
            """
            select count(*) as jobs, coalesce(sum(a.spent), 0) as spent,
                   coalesce(sum(a.money_spent), 0) as money
            from job j join budget_account a on a.job_id = j.id
            where j.team_id = :team and j.state = :end and a.spent > 0
            """)
        .param("team", team)
        .param("end", end.name())
        .query((row, _) ->
            new TeamSpending.Without(
                row.getInt("jobs"), new Amount(gpuTime(row, "spent"), money(row, "money"))))
        .single();
  }

  /** A team's jobs with what each holds and has spent, newest first. */
  public Page<JobStatement> statement(Principal principal, UUID team, PageRequest page) {
    var after = page.after() == null ? null : Position.parse(page.after());
    var lines =
        reading(
            principal,
            team,
            jdbc ->
                jdbc.sql(
                        """
                        select j.id, j.name, u.display_name, j.state, j.pause_reason, j.failure_reason,
                               j.submitted_at, a.funded, a.held, a.spent, a.money_held, a.money_spent
                        from (
                          select * from job j
                          where j.team_id = :team
                            and (j.submitted_at, j.id)
                                < (coalesce(:at::timestamptz, 'infinity'), :id::uuid)
                          order by j.submitted_at desc, j.id desc limit :limit
                        ) j
                        join app_user u on u.id = j.owner_id
                        join budget_account a on a.job_id = j.id
                        order by j.submitted_at desc, j.id desc
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
                            gpuTime(row, "spent"),
                            money(row, "money_held"),
                            money(row, "money_spent")))
                    .list());
    return Page.of(lines, page, line -> new Position(line.submittedAt(), line.job()));
  }

  /** Every movement of the team's account, newest first. */
  public Page<TeamEntry> entries(Principal principal, UUID team, PageRequest page) {
    var entries =
        reading(
            principal,
            team,
            jdbc ->
                jdbc.sql(
                        """
                        select e.id, e.kind, e.amount, e.money, e.job_id, j.name, e.reason, e.at
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
                            money(row, "money"),
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
              jdbc.sql("select " + Ledger.BALANCE + " from budget_account where job_id = :job")
                  .param("job", job)
                  .query((row, _) -> Ledger.balance(row))
                  .optional()
                  .orElseThrow(() -> Absent.of("job", job));
          return JobCost.of(job, balance, entries(jdbc, job));
        });
  }

  private static List<BudgetEntry> entries(JdbcClient jdbc, UUID job) {
    return jdbc.sql(
            """
            select e.id, e.kind, e.amount, e.money, e.lease_id, e.slice, e.reason, e.at
            from budget_entry e join budget_account a on a.id = e.account_id
            where a.job_id = :job order by e.id
            """)
        .param("job", job)
        .query((row, _) ->
            new BudgetEntry(
                row.getLong("id"),
                constant(row, "kind", EntryKind.class),
                gpuTime(row, "amount"),
                money(row, "money"),
                uuidOrNull(row, "lease_id"),
                row.getObject("slice", Integer.class),
                row.getString("reason"),
                instant(row, "at")))
        .list();
  }
}
