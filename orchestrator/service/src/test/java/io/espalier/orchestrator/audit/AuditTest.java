package io.espalier.orchestrator.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.database.TestDatabase;
import io.espalier.orchestrator.database.Transactions;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class AuditTest {

  private static final Principal ADMIN =
      new Principal(UUID.randomUUID(), "root", "Root", true, Map.of());

  private final TestDatabase database = new TestDatabase();
  private final Transactions transactions = database.transactions();
  private final Audit audit = new Audit(transactions);

  @Test
  void concurrentEntriesFormOneChain() {
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 40; i++) {
        var thing = "job " + i;
        threads.execute(() -> write(thing));
      }
    }
    assertThat(audit.latest(ADMIN, 100)).hasSize(40);
    assertThat(audit.firstBrokenEntry(ADMIN)).isEmpty();
  }

  @Test
  void aDeedThatFailsLeavesNoEntry() {
    assertThatThrownBy(() ->
            transactions.withoutTeam(jdbc -> {
              audit.record(jdbc, "ann", null, "submit", "job", Map.of());
              throw new IllegalStateException("the deed failed");
            }))
        .hasMessage("the deed failed");
    assertThat(audit.latest(ADMIN, 100)).isEmpty();
  }

  @Test
  void anAlteredEntryShows() {
    for (var thing : new String[] {"a", "b", "c"}) write(thing);
    database.superuser().sql("update audit set actor = 'eve' where id = 2").update();
    assertThat(audit.firstBrokenEntry(ADMIN)).contains(2L);
  }

  @Test
  void aRemovedEntryShows() {
    for (var thing : new String[] {"a", "b", "c"}) write(thing);
    database.superuser().sql("delete from audit where id = 1").update();
    assertThat(audit.firstBrokenEntry(ADMIN)).contains(2L);
  }

  @Test
  void noRoleOfThePlatformCanAlterAnEntry() {
    write("a");
    assertThatThrownBy(() ->
            transactions.withoutTeam(jdbc -> jdbc.sql("update audit set actor = 'eve'").update()))
        .hasStackTraceContaining("permission denied");
    assertThatThrownBy(() -> transactions.asPlanner(jdbc -> jdbc.sql("delete from audit").update()))
        .hasStackTraceContaining("permission denied");
  }

  private void write(String thing) {
    transactions.withoutTeam(jdbc -> {
      audit.record(jdbc, "ann", null, "submit", thing, Map.of("b", 1, "a", "ü \" \\"));
      return null;
    });
  }
}
