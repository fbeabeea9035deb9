package io.espalier.orchestrator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class RowLevelSecurityTest {

  @AutoClose private final TestDatabase database = new TestDatabase();
  private final Transactions transactions = database.transactions();
  private final UUID red = UUID.randomUUID();
  private final UUID blue = UUID.randomUUID();

  @BeforeEach
  void twoTeamsWithAnAccountEach() {
    for (var team : List.of(red, blue)) {
      database
          .superuser()
          .sql("insert into team (id, name) values (?, ?)")
          .params(team, team.toString())
          .update();
      database
          .superuser()
          .sql("insert into budget_account (team_id, funded) values (?, 1000)")
          .param(team)
          .update();
    }
  }

  @Test
  void everyTableThatNamesATeamIsGuarded() {
    var unguarded =
        database
            .superuser()
            .sql(
                """
                select c.relname from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attname = 'team_id'
                where c.relkind = 'r' and not c.relrowsecurity
                  and c.relnamespace = 'espalier'::regnamespace order by 1
                """)
            .query(String.class)
            .list();

    // Membership decides what is visible, and the audit is read by admins only.
    assertThat(unguarded).containsExactly("audit", "member");
  }

  @Test
  void aTransactionSeesItsOwnTeamsOnly() {
    assertThat(accountsSeenBy(memberOf(red))).containsExactly(red);
    assertThat(accountsSeenBy(memberOf(blue))).containsExactly(blue);
    assertThat(transactions.withoutTeam(RowLevelSecurityTest::accounts)).isEmpty();
    assertThat(transactions.asPlanner(RowLevelSecurityTest::accounts)).contains(red, blue);
  }

  @Test
  void aForeignTeamCannotBeWritten() {
    int changed =
        transactions.as(
            memberOf(red),
            jdbc ->
                jdbc.sql("update budget_account set funded = 5 where team_id = ?")
                    .param(blue)
                    .update());

    assertThat(changed).isZero();
    assertThatThrownBy(() ->
            transactions.as(
                memberOf(red),
                jdbc ->
                    jdbc.sql("insert into dataset (team_id, name, created_by) values (?, 'x', ?)")
                        .params(blue, UUID.randomUUID())
                        .update()))
        .hasStackTraceContaining("row-level security");
  }

  private List<UUID> accountsSeenBy(Principal principal) {
    return transactions.as(principal, RowLevelSecurityTest::accounts);
  }

  private static List<UUID> accounts(JdbcClient jdbc) {
    return jdbc.sql("select team_id from budget_account").query(UUID.class).list();
  }

  private static Principal memberOf(UUID team) {
    return new Principal(UUID.randomUUID(), "ann", "Ann", false, Map.of(team, Role.MEMBER));
  }
}
