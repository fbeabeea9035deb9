package io.espalier.orchestrator.budget;

import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.moneyOrUnlimited;
import static io.espalier.orchestrator.database.Columns.uuid;
import static io.espalier.orchestrator.database.Columns.uuidOrNull;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.problem.Refused;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Posts entries, in the caller's transaction. What an entry does to a balance is decided by {@link
 * Balance}. Accounts are always locked in the same order: the team's, then the job's cap; of two
 * teams, the one with the smaller id first.
 */
public final class Ledger {

  /**
   * An entry that is about no lease.
   *
   * @param transfer the same at both ends of a transfer
   * @param key the same key books once
   */
  private record Grant(
      EntryKind kind,
      Amount amount,
      String reason,
      @Nullable UUID transfer,
      @Nullable String key) {}

  record Account(UUID id, UUID team, @Nullable UUID job, Balance balance) {}

  /** What {@link #balance} reads. */
  public static final String BALANCE =
      """
      funded, held, spent, overdraft, money_funded, money_held, money_spent, money_overdraft
      """;

  static final String ACCOUNTS = "select id, team_id, job_id, " + BALANCE + " from budget_account ";

  /**
   * Part of a statement that inserts a {@code job}: opens the account of its cap, without a limit
   * in money where the job has none. Nobody else can know of it yet, so nothing is locked:
   * submissions of one team do not wait for one another.
   */
  public static final String OPEN_CAP =
      """
      budget_account as (
        insert into budget_account (team_id, job_id, funded, money_funded, version)
        select team_id, id, cap_millis, cap_money, 1 from job
        returning id, team_id, job_id, funded, money_funded
      ), budget_entry as (
        insert into budget_entry
          (team_id, account_id, kind, debit, credit, amount, money, job_id, reason)
        select team_id, id, '%s', '%s', '%s', funded, coalesce(money_funded, 0), job_id,
          'the job''s cap'
        from budget_account
      )
      """
          .formatted(EntryKind.CREDIT, EntryKind.CREDIT.from(), EntryKind.CREDIT.to());

  // ── Funding ──────────────────────────────────────────────────────────────────────────────────

  /**
   * Grants {@code amount} to a team.
   *
   * @param key the same key books once
   * @return whether it was booked now
   */
  public boolean fund(
      JdbcClient jdbc, UUID team, Amount amount, String reason, @Nullable String key) {
    var account = lockTeam(jdbc, team);
    if (key != null && wasBooked(jdbc, account, amount, reason, key)) return false;
    book(jdbc, account, new Grant(EntryKind.CREDIT, amount, reason, null, key));
    return true;
  }

  /** Moves free budget to another team. False, and nothing is moved, if it is not free. */
  public boolean transfer(JdbcClient jdbc, UUID from, UUID to, Amount amount, String reason) {
    var first = from.compareTo(to) < 0 ? from : to;
    var second = first.equals(from) ? to : from;
    var accounts = List.of(lockTeam(jdbc, first), lockTeam(jdbc, second));
    var giver = accounts.get(first.equals(from) ? 0 : 1);
    var taker = accounts.get(first.equals(from) ? 1 : 0);
    var id = UUID.randomUUID();
    var out = new Grant(EntryKind.TRANSFER_OUT, amount, reason, id, null);
    if (!book(jdbc, giver, out)) return false;
    return book(jdbc, taker, new Grant(EntryKind.TRANSFER_IN, amount, reason, id, null));
  }

  /**
   * Lets a team spend this much more than it was funded with; by nothing it may spend no more than
   * that again. False if the team already uses what would be taken back.
   */
  public boolean setOverdraft(JdbcClient jdbc, UUID team, Amount overdraft, String reason) {
    var account = lockTeam(jdbc, team);
    var now = account.balance().overdraft();
    var more = overdraft.minus(now.atMost(overdraft));
    var less = now.minus(now.atMost(overdraft));
    if (!less.isNothing()
        && !book(jdbc, account, new Grant(EntryKind.OVERDRAFT_END, less, reason, null, null))) {
      return false;
    }
    return more.isNothing()
        || book(
            jdbc, lockTeam(jdbc, team), new Grant(EntryKind.OVERDRAFT, more, reason, null, null));
  }

  /** What a team does not carry over goes back to the house. */
  void expire(JdbcClient jdbc, UUID team, Amount amount, String reason, String key) {
    var grant = new Grant(EntryKind.EXPIRY, amount, reason, null, key);
    if (!book(jdbc, lockTeam(jdbc, team), grant)) {
      throw new IllegalStateException("What expires is not there under the lock: " + amount);
    }
  }

  public void raiseCap(JdbcClient jdbc, UUID job, Amount by) {
    var grant = new Grant(EntryKind.CREDIT, by, "the job's cap was raised", null, null);
    book(jdbc, lockCap(jdbc, job), grant);
  }

  // ── Balances ─────────────────────────────────────────────────────────────────────────────────

  /** What the team has; nothing, if it was never funded. */
  public Balance ofTeam(JdbcClient jdbc, UUID team) {
    return jdbc.sql(ACCOUNTS + "where team_id = :team and job_id is null")
        .param("team", team)
        .query((row, _) -> account(row).balance())
        .optional()
        .orElse(Balance.NOTHING);
  }

  /** The same, locked until the transaction ends. */
  Balance lockOfTeam(JdbcClient jdbc, UUID team) {
    return lockTeam(jdbc, team).balance();
  }

  /** Locks the accounts of a job until the transaction ends. */
  public Books.Purse lock(JdbcClient jdbc, UUID team, UUID job) {
    return Books.open(jdbc, List.of(team), List.of(job)).purse(team, job);
  }

  // ── Rows ─────────────────────────────────────────────────────────────────────────────────────

  private static boolean wasBooked(
      JdbcClient jdbc, Account account, Amount amount, String reason, String key) {
    var same =
        jdbc.sql(
                """
                select amount = :amount and money = :money and reason = :reason from budget_entry
                where account_id = :account and request_key = :key
                """)
            .param("amount", amount.time().millis())
            .param("money", amount.money().micros())
            .param("reason", reason)
            .param("account", account.id())
            .param("key", key)
            .query(Boolean.class)
            .optional();
    if (same.isPresent() && !same.get()) throw new Refused(RequestKey.reused(key));
    return same.isPresent();
  }

  private static boolean book(JdbcClient jdbc, Account account, Grant grant) {
    var after = account.balance().after(grant.kind(), grant.amount());
    if (after.isEmpty()) return false;
    store(jdbc, account, after.get());
    jdbc.sql(
            """
            insert into budget_entry
              (team_id, account_id, kind, debit, credit, amount, money, job_id, transfer_id, reason,
               request_key)
            values
              (:team, :account, :kind, :debit, :credit, :amount, :money, :job::uuid,
               :transfer::uuid, :reason, :key)
            """)
        .param("team", account.team())
        .param("account", account.id())
        .param("kind", grant.kind().name())
        .param("debit", grant.kind().from().name())
        .param("credit", grant.kind().to().name())
        .param("amount", grant.amount().time().millis())
        .param("money", grant.amount().money().micros())
        .param("job", account.job())
        .param("transfer", grant.transfer())
        .param("reason", grant.reason())
        .param("key", grant.key())
        .update();
    return true;
  }

  /** By differences, so that an account without a limit in money stays without one. */
  private static void store(JdbcClient jdbc, Account account, Balance after) {
    var before = account.balance();
    var funded = after.funded().minus(before.funded());
    var held = after.held().minus(before.held());
    var spent = after.spent().minus(before.spent());
    var overdraft = after.overdraft().minus(before.overdraft());
    jdbc.sql(
            """
            update budget_account
            set funded = funded + :funded, held = held + :held, spent = spent + :spent,
                overdraft = overdraft + :overdraft,
                money_funded = money_funded + :moneyFunded, money_held = money_held + :moneyHeld,
                money_spent = money_spent + :moneySpent,
                money_overdraft = money_overdraft + :moneyOverdraft,
                version = version + 1
            where id = :id
            """)
        .param("funded", funded.time().millis())
        .param("held", held.time().millis())
        .param("spent", spent.time().millis())
        .param("overdraft", overdraft.time().millis())
        .param("moneyFunded", funded.money().micros())
        .param("moneyHeld", held.money().micros())
        .param("moneySpent", spent.money().micros())
        .param("moneyOverdraft", overdraft.money().micros())
        .param("id", account.id())
        .update();
  }

  private static Account lockTeam(JdbcClient jdbc, UUID team) {
    jdbc.sql(
            """
            insert into budget_account (team_id) values (:team)
            on conflict (team_id, job_id) do nothing
            """)
        .param("team", team)
        .update();
    return jdbc.sql(ACCOUNTS + "where team_id = :team and job_id is null for update")
        .param("team", team)
        .query((row, _) -> account(row))
        .single();
  }

  private static Account lockCap(JdbcClient jdbc, UUID job) {
    return jdbc.sql(ACCOUNTS + "where job_id = :job for update")
        .param("job", job)
        .query((row, _) -> account(row))
        .single();
  }

  static Account account(ResultSet row) throws SQLException {
    return new Account(
        uuid(row, "id"), uuid(row, "team_id"), uuidOrNull(row, "job_id"), balance(row));
  }

  /** Nothing, where an outer join has found no account. */
  public static Balance balance(ResultSet row) throws SQLException {
    if (row.getObject("funded") == null) return Balance.NOTHING;
    return new Balance(
        new Amount(gpuTime(row, "funded"), moneyOrUnlimited(row, "money_funded")),
        new Amount(gpuTime(row, "held"), money(row, "money_held")),
        new Amount(gpuTime(row, "spent"), money(row, "money_spent")),
        new Amount(gpuTime(row, "overdraft"), money(row, "money_overdraft")));
  }
}
