package io.espalier.orchestrator.budget;

import static io.espalier.orchestrator.database.Columns.constant;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.instant;
import static io.espalier.orchestrator.database.Columns.money;
import static io.espalier.orchestrator.database.Columns.parameter;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Period;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Transactions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Begins new periods when old ones end: what is not carried over expires, and the next allowance is
 * credited. Every entry has the end of its period as its key, so a double beat does nothing.
 */
public final class Periods {

  private final Transactions transactions;
  private final Ledger ledger;
  private final Changes changes;

  public Periods(Transactions transactions, Ledger ledger, Changes changes) {
    this.transactions = transactions;
    this.ledger = ledger;
    this.changes = changes;
  }

  /** How many periods have ended; those that were missed are made up for, one after the other. */
  public int tick() {
    int ended = 0;
    while (transactions.asPlanner(this::endNext)) ended++;
    if (ended > 0) changes.announce(new Change.OfWork());
    return ended;
  }

  private record Due(UUID team, TeamPeriod period) {}

  private boolean endNext(JdbcClient jdbc) {
    var due =
        jdbc.sql(
                """
                select team_id, every, allowance_millis, allowance_money, carry_percent, began_at,
                       ends_at
                from budget_period where ends_at <= now()
                order by ends_at, team_id limit 1 for update skip locked
                """)
            .query((row, _) -> new Due(uuid(row, "team_id"), period(row)))
            .optional();
    due.ifPresent(one -> end(jdbc, one.team(), one.period()));
    return due.isPresent();
  }

  private void end(JdbcClient jdbc, UUID team, TeamPeriod ending) {
    var rule = ending.rule();
    var left = rule.expiring(ledger.lockOfTeam(jdbc, team));
    if (!left.isNothing()) {
      ledger.expire(jdbc, team, left, "not carried over", "end of the period " + ending.endsAt());
    }
    allow(jdbc, ledger, team, rule, ending.endsAt());
    int moved =
        jdbc.sql(
                """
                update budget_period set ends_at = :next, version = version + 1
                where team_id = :team and ends_at = :end
                """)
            .param("next", parameter(rule.every().endAfter(ending.beganAt(), ending.endsAt())))
            .param("team", team)
            .param("end", parameter(ending.endsAt()))
            .update();
    if (moved != 1) {
      throw new IllegalStateException("The period of team " + team + " ended although locked");
    }
  }

  /** Credits the allowance of the period that begins at {@code beginning}, once. */
  static void allow(JdbcClient jdbc, Ledger ledger, UUID team, Period rule, Instant beginning) {
    if (rule.allowance().isNothing()) return;
    ledger.fund(
        jdbc, team, rule.allowance(), "allowance", "allowance of the period from " + beginning);
  }

  static Optional<TeamPeriod> of(JdbcClient jdbc, UUID team) {
    return jdbc.sql(
            """
            select every, allowance_millis, allowance_money, carry_percent, began_at, ends_at
            from budget_period where team_id = :team
            """)
        .param("team", team)
        .query((row, _) -> period(row))
        .optional();
  }

  private static TeamPeriod period(ResultSet row) throws SQLException {
    var rule =
        new Period(
            constant(row, "every", Period.Length.class),
            new Amount(gpuTime(row, "allowance_millis"), money(row, "allowance_money")),
            row.getInt("carry_percent"));
    return new TeamPeriod(rule, instant(row, "began_at"), instant(row, "ends_at"));
  }
}
