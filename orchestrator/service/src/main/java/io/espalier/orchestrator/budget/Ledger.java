package io.espalier.orchestrator.budget;

import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.Bucket;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.problem.Refused;
import io.espalier.domain.unit.GpuTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Posts entries, in the caller's transaction. Accounts are always locked in the same order: the
 * team's, then the job's cap.
 */
public final class Ledger {

  /** What an entry about a lease is posted to. */
  public record OfLease(UUID team, UUID job, UUID lease) {}

  /** The accounts that pay for a job. */
  public record Purse(Balance team, Balance cap) {

    /** What may still be held: the tighter of the two decides. */
    public GpuTime free() {
      return team.free().atMost(cap.free());
    }
  }

  private record Account(UUID id, @Nullable UUID job, Balance balance) {}

  /**
   * Grants {@code amount} to a team.
   *
   * @param key the same key books once
   * @return whether it was booked now
   */
  public boolean fund(
      JdbcClient jdbc, UUID team, GpuTime amount, String reason, @Nullable String key) {
    jdbc.sql(
            """
            insert into budget_account (team_id) values (:team)
            on conflict (team_id, job_id) do nothing
            """)
        .param("team", team)
        .update();
    if (key != null && wasBooked(jdbc, team, amount, reason, key)) return false;
    credit(jdbc, team, null, amount, reason, key);
    return true;
  }

  private static boolean wasBooked(
      JdbcClient jdbc, UUID team, GpuTime amount, String reason, String key) {
    var account =
        jdbc.sql(
                "select id from budget_account where team_id = :team and job_id is null for update")
            .param("team", team)
            .query(UUID.class)
            .single();
    var same =
        jdbc.sql(
                """
                select amount = :amount and reason = :reason from budget_entry
                where account_id = :account and request_key = :key
                """)
            .param("amount", amount.millis())
            .param("reason", reason)
            .param("account", account)
            .param("key", key)
            .query(Boolean.class)
            .optional();
    if (same.isPresent() && !same.get()) throw new Refused(RequestKey.reused(key));
    return same.isPresent();
  }

  /** Opens the account of a job's cap. */
  public void openCap(JdbcClient jdbc, UUID team, UUID job, GpuTime cap) {
    jdbc.sql("insert into budget_account (team_id, job_id) values (:team, :job)")
        .param("team", team)
        .param("job", job)
        .update();
    credit(jdbc, team, job, cap, "the job's cap", null);
  }

  public void raiseCap(JdbcClient jdbc, UUID team, UUID job, GpuTime by) {
    credit(jdbc, team, job, by, "the job's cap was raised", null);
  }

  /** What the team has; nothing, if it was never funded. */
  public Balance ofTeam(JdbcClient jdbc, UUID team) {
    return jdbc.sql(
            """
            select id, job_id, funded, held, spent, overdraft from budget_account
            where team_id = :team and job_id is null
            """)
        .param("team", team)
        .query((row, _) -> balance(row))
        .optional()
        .orElse(Balance.NOTHING);
  }

  /** Locks the accounts of a job until the transaction ends. */
  public Purse lock(JdbcClient jdbc, UUID team, UUID job) {
    var accounts = lockAccounts(jdbc, team, job);
    return new Purse(accounts.getFirst().balance(), accounts.getLast().balance());
  }

  /** Puts {@code amount} aside for a slice, or answers false if it is not there. */
  public boolean hold(JdbcClient jdbc, OfLease lease, int slice, GpuTime amount) {
    var accounts = lockAccounts(jdbc, lease.team(), lease.job());
    if (accounts.stream().anyMatch(account -> amount.isMoreThan(account.balance().free()))) {
      return false;
    }
    for (var account : accounts) {
      post(jdbc, account.id(), lease, slice, EntryKind.HOLD, amount, "slice " + slice);
    }
    return true;
  }

  /** What is held for a slice. */
  public GpuTime held(JdbcClient jdbc, UUID lease, int slice) {
    return jdbc.sql(
            """
            select e.amount from budget_entry e join budget_account a on a.id = e.account_id
            where e.lease_id = :lease and e.slice = :slice and e.kind = 'HOLD' and a.job_id is null
            """)
        .param("lease", lease)
        .param("slice", slice)
        .query((row, _) -> gpuTime(row, "amount"))
        .single();
  }

  /** Resolves the hold of a slice: {@code used} is spent, the rest is free again. */
  public void settle(
      JdbcClient jdbc, OfLease lease, int slice, GpuTime held, GpuTime used, String reason) {
    for (var account : lockAccounts(jdbc, lease.team(), lease.job())) {
      post(jdbc, account.id(), lease, slice, EntryKind.SETTLE, used, reason);
      post(jdbc, account.id(), lease, slice, EntryKind.VOID, held.minus(used), reason);
    }
  }

  private static void credit(
      JdbcClient jdbc,
      UUID team,
      @Nullable UUID job,
      GpuTime amount,
      String reason,
      @Nullable String key) {
    var account =
        jdbc.sql(
                """
                update budget_account set funded = funded + :amount, version = version + 1
                where team_id = :team and job_id is not distinct from :job::uuid returning id
                """)
            .param("amount", amount.millis())
            .param("team", team)
            .param("job", job)
            .query(UUID.class)
            .single();
    jdbc.sql(
            """
            insert into budget_entry
              (team_id, account_id, kind, debit, credit, amount, job_id, reason, request_key)
            values
              (:team, :account, 'CREDIT', 'SOURCE', 'FREE', :amount, :job::uuid, :reason, :key)
            """)
        .param("team", team)
        .param("account", account)
        .param("amount", amount.millis())
        .param("job", job)
        .param("reason", reason)
        .param("key", key)
        .update();
  }

  private static List<Account> lockAccounts(JdbcClient jdbc, UUID team, UUID job) {
    var accounts =
        jdbc.sql(
                """
                select id, job_id, funded, held, spent, overdraft from budget_account
                where team_id = :team and (job_id is null or job_id = :job)
                order by job_id nulls first for update
                """)
            .param("team", team)
            .param("job", job)
            .query(
                (row, _) -> new Account(uuid(row, "id"), uuidOrNull(row, "job_id"), balance(row)))
            .list();
    if (accounts.size() != 2) {
      throw new IllegalStateException(
          "Job " + job + " has " + accounts.size() + " accounts instead of its team's and its own");
    }
    return accounts;
  }

  private static void post(
      JdbcClient jdbc,
      UUID account,
      OfLease lease,
      int slice,
      EntryKind kind,
      GpuTime amount,
      String reason) {
    if (amount.equals(GpuTime.ZERO)) return;
    jdbc.sql(
            """
            update budget_account
            set held = held + :held, spent = spent + :spent, version = version + 1 where id = :id
            """)
        .param("held", moved(kind, Bucket.HELD, amount))
        .param("spent", moved(kind, Bucket.SPENT, amount))
        .param("id", account)
        .update();
    jdbc.sql(
            """
            insert into budget_entry
              (team_id, account_id, kind, debit, credit, amount, job_id, lease_id, slice, reason)
            values (:team, :account, :kind, :debit, :credit, :amount, :job, :lease, :slice, :reason)
            """)
        .param("team", lease.team())
        .param("account", account)
        .param("kind", kind.name())
        .param("debit", kind.from().name())
        .param("credit", kind.to().name())
        .param("amount", amount.millis())
        .param("job", lease.job())
        .param("lease", lease.lease())
        .param("slice", slice)
        .param("reason", reason)
        .update();
  }

  private static long moved(EntryKind kind, Bucket bucket, GpuTime amount) {
    if (kind.to() == bucket) return amount.millis();
    return kind.from() == bucket ? -amount.millis() : 0;
  }

  private static Balance balance(ResultSet row) throws SQLException {
    return new Balance(
        gpuTime(row, "funded"),
        gpuTime(row, "held"),
        gpuTime(row, "spent"),
        gpuTime(row, "overdraft"));
  }
}
