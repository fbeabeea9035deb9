package io.espalier.orchestrator.budget;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Balance;
import io.espalier.domain.budget.Posting;
import io.espalier.orchestrator.budget.Ledger.Account;
import io.espalier.orchestrator.database.ColumnArrays;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The accounts of many jobs, locked until the transaction ends, with what was posted to them so
 * far. Each posting sees the ones before it; all are stored together by {@link #write}. Accounts
 * are locked in one order everywhere: the teams' by team, then the caps by job.
 */
public final class Books {

  /** What an entry about a lease is posted to. */
  public record OfLease(UUID team, UUID job, UUID lease) {}

  /** The accounts that pay for a job. */
  public record Purse(Balance team, Balance cap) {

    /** What may still be held: the tighter of the two decides. */
    public Amount free() {
      return team.free().atMost(cap.free());
    }
  }

  private record Line(UUID account, OfLease lease, Posting posting, String reason) {}

  private final Map<UUID, Account> teams = new HashMap<>();
  private final Map<UUID, Account> caps = new HashMap<>();

  /** Balances of the accounts that were posted to, by account. */
  private final Map<UUID, Balance> balances = new LinkedHashMap<>();

  private final List<Line> lines = new ArrayList<>();

  private Books() {}

  /** The accounts that pay for some leases. */
  public static Books open(JdbcClient jdbc, Collection<OfLease> leases) {
    return read(jdbc, leases, " for update");
  }

  /** The same as they are at this moment, for an estimate: they are not locked. */
  public static Books glance(JdbcClient jdbc, Collection<OfLease> leases) {
    return read(jdbc, leases, "");
  }

  private static Books read(JdbcClient jdbc, Collection<OfLease> leases, String lock) {
    return read(
        jdbc,
        leases.stream().map(OfLease::team).toList(),
        leases.stream().map(OfLease::job).toList(),
        lock);
  }

  /** {@code jobs} of {@code teams}: their caps, and the accounts of the teams. */
  public static Books open(JdbcClient jdbc, Collection<UUID> teams, Collection<UUID> jobs) {
    return read(jdbc, teams, jobs, " for update");
  }

  private static Books read(
      JdbcClient jdbc, Collection<UUID> teams, Collection<UUID> jobs, String lock) {
    var books = new Books();
    if (jobs.isEmpty()) return books;
    jdbc.sql(
            Ledger.ACCOUNTS
                + "where team_id = any(:teams) and job_id is null order by team_id"
                + lock)
        .param("teams", teams.stream().distinct().toArray(UUID[]::new))
        .query(row -> {
          var account = Ledger.account(row);
          books.teams.put(account.team(), account);
        });
    jdbc.sql(Ledger.ACCOUNTS + "where job_id = any(:jobs) order by job_id" + lock)
        .param("jobs", jobs.stream().distinct().toArray(UUID[]::new))
        .query(row -> {
          books.caps.put(uuid(row, "job_id"), Ledger.account(row));
        });
    return books;
  }

  public Purse purse(UUID team, UUID job) {
    return new Purse(balance(team(team, job)), balance(cap(job)));
  }

  /**
   * Makes entries about a lease, each in both accounts. False, and nothing is posted, if one of the
   * accounts has not got what they take.
   */
  public boolean post(OfLease lease, List<Posting> postings, String reason) {
    var accounts = List.of(team(lease.team(), lease.job()), cap(lease.job()));
    var afterwards = accounts.stream().map(account -> after(balance(account), postings)).toList();
    if (afterwards.stream().anyMatch(Optional::isEmpty)) return false;
    for (int i = 0; i < accounts.size(); i++) {
      var account = accounts.get(i);
      balances.put(account.id(), afterwards.get(i).orElseThrow());
      for (var posting : postings) lines.add(new Line(account.id(), lease, posting, reason));
    }
    return true;
  }

  private static Optional<Balance> after(Balance balance, List<Posting> postings) {
    var after = Optional.of(balance);
    for (var posting : postings) {
      after = after.flatMap(so -> so.after(posting.kind(), posting.amount()));
    }
    return after;
  }

  private Balance balance(Account account) {
    return balances.getOrDefault(account.id(), account.balance());
  }

  private Account team(UUID team, UUID job) {
    return known(teams.get(team), "team " + team + " of job " + job);
  }

  private Account cap(UUID job) {
    return known(caps.get(job), "job " + job);
  }

  private static Account known(@Nullable Account account, String whose) {
    if (account == null) throw new IllegalStateException("There is no account of " + whose);
    return account;
  }

  /** Stores balances and entries, once. Rows that entries refer to are stored before. */
  public void write(JdbcClient jdbc) {
    if (lines.isEmpty()) return;
    writeBalances(jdbc);
    writeEntries(jdbc);
    lines.clear();
  }

  /** By differences: what is posted about leases is held or spent, never funded. */
  private void writeBalances(JdbcClient jdbc) {
    record Difference(UUID account, Amount held, Amount spent) {}
    var differences = new ArrayList<Difference>();
    for (var account : accounts()) {
      var after = balance(account);
      if (after.equals(account.balance())) continue;
      differences.add(
          new Difference(
              account.id(),
              after.held().minus(account.balance().held()),
              after.spent().minus(account.balance().spent())));
    }
    int stored =
        jdbc.sql(
                """
                update budget_account a
                set held = a.held + n.held, spent = a.spent + n.spent,
                    money_held = a.money_held + n.money_held,
                    money_spent = a.money_spent + n.money_spent, version = a.version + 1
                from unnest(:ids::uuid[], :held::bigint[], :spent::bigint[], :moneyHeld::bigint[],
                            :moneySpent::bigint[]) as n (id, held, spent, money_held, money_spent)
                where a.id = n.id
                """)
            .param("ids", ColumnArrays.uuids(differences, Difference::account))
            .param("held", ColumnArrays.longs(differences, one -> one.held().time().millis()))
            .param("spent", ColumnArrays.longs(differences, one -> one.spent().time().millis()))
            .param("moneyHeld", ColumnArrays.longs(differences, one -> one.held().money().micros()))
            .param(
                "moneySpent", ColumnArrays.longs(differences, one -> one.spent().money().micros()))
            .update();
    if (stored != differences.size()) {
      throw new IllegalStateException("An account went away although it was locked");
    }
  }

  private List<Account> accounts() {
    var accounts = new ArrayList<>(teams.values());
    accounts.addAll(caps.values());
    return accounts;
  }

  private void writeEntries(JdbcClient jdbc) {
    jdbc.sql(
            """
            insert into budget_entry
              (team_id, account_id, kind, debit, credit, amount, money, job_id, lease_id, slice, reason)
            select team, account, kind, debit, credit, amount, money, job, lease, slice, reason
            from unnest(:teams::uuid[], :accounts::uuid[], :kinds::text[], :debits::text[],
                        :credits::text[], :amounts::bigint[], :moneys::bigint[], :jobs::uuid[],
                        :leases::uuid[], :slices::int[], :reasons::text[]) with ordinality
              as n (team, account, kind, debit, credit, amount, money, job, lease, slice, reason, place)
            order by place
            """)
        .param("teams", ColumnArrays.uuids(lines, line -> line.lease().team()))
        .param("accounts", ColumnArrays.uuids(lines, Line::account))
        .param("kinds", ColumnArrays.texts(lines, line -> line.posting().kind().name()))
        .param("debits", ColumnArrays.texts(lines, line -> line.posting().kind().from().name()))
        .param("credits", ColumnArrays.texts(lines, line -> line.posting().kind().to().name()))
        .param(
            "amounts", ColumnArrays.longs(lines, line -> line.posting().amount().time().millis()))
        .param(
            "moneys", ColumnArrays.longs(lines, line -> line.posting().amount().money().micros()))
        .param("jobs", ColumnArrays.uuids(lines, line -> line.lease().job()))
        .param("leases", ColumnArrays.uuids(lines, line -> line.lease().lease()))
        .param("slices", ColumnArrays.integers(lines, line -> line.posting().slice()))
        .param("reasons", ColumnArrays.texts(lines, Line::reason))
        .update();
  }
}
