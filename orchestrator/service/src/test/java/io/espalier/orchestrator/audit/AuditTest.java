package io.espalier.orchestrator.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.database.TestDatabase;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.page.PageRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class AuditTest {

  private static final Principal ADMIN =
      new Principal(UUID.randomUUID(), "root", "Root", true, Map.of());

  @AutoClose private final TestDatabase database = new TestDatabase();
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
    assertThat(all()).hasSize(40);
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
    assertThat(all()).isEmpty();
  }

  @Test
  void anAlteredEntryShows() {
    writeAndLink("a", "b", "c");
    database.superuser().sql("update audit set actor = 'eve' where id = 2").update();
    assertThat(audit.firstBrokenEntry(ADMIN)).contains(2L);
  }

  @Test
  void aRemovedEntryShows() {
    writeAndLink("a", "b", "c");
    database.superuser().sql("delete from audit where id = 1").update();
    assertThat(audit.firstBrokenEntry(ADMIN)).contains(1L);
  }

  @Test
  void anEntryThatIsRemovedWithItsLinkShows() {
    writeAndLink("a", "b", "c");
    database.superuser().sql("delete from audit where id = 2").update();
    database.superuser().sql("delete from audit_link where entry = 2").update();
    assertThat(audit.firstBrokenEntry(ADMIN)).contains(3L);
  }

  @Test
  void anEntryThatWasKeptFromTheChainShows() {
    writeAndLink("a");
    write("b");
    database.superuser().sql("delete from audit_unlinked").update();
    assertThat(audit.firstBrokenEntry(ADMIN)).contains(2L);
  }

  @Test
  void entriesOfConcurrentDeedsAreLinkedInTheOrderOfTheirCommits() {
    transactions.withoutTeam(jdbc -> {
      audit.record(jdbc, "ann", null, "submit", "slow", Map.of());
      writeAndLink("fast");
      return null;
    });
    assertThat(audit.firstBrokenEntry(ADMIN)).isEmpty();
    assertThat(
            database
                .superuser()
                .sql("select entry from audit_link order by number")
                .query(Long.class)
                .list())
        .containsExactly(2L, 1L);
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

  @Test
  void entriesAreReadPageByPageNewestFirst() {
    for (int i = 1; i <= 5; i++) write("job " + i);

    var first = audit.page(ADMIN, AuditFilter.ALL, PageRequest.first(2));
    var second = audit.page(ADMIN, AuditFilter.ALL, new PageRequest(2, first.next()));
    var third = audit.page(ADMIN, AuditFilter.ALL, new PageRequest(2, second.next()));

    assertThat(first.items()).extracting(Audit.Entry::thing).containsExactly("job 5", "job 4");
    assertThat(second.items()).extracting(Audit.Entry::thing).containsExactly("job 3", "job 2");
    assertThat(third.items()).extracting(Audit.Entry::thing).containsExactly("job 1");
    assertThat(third.next()).isNull();
    assertThatThrownBy(() -> audit.page(ADMIN, AuditFilter.ALL, new PageRequest(2, "x")))
        .hasMessageContaining("does not name the end of a page");
  }

  @Test
  void theFilterLetsThroughWhatHasItsTexts() {
    write("job 1");
    write("team 1");
    var now = Instant.now();

    assertThat(found(new AuditFilter("", "", "TEAM", null, null))).containsExactly("team 1");
    assertThat(found(new AuditFilter("an", "submit", "1", null, null))).hasSize(2);
    assertThat(found(new AuditFilter("bob", "", "", null, null))).isEmpty();
    // No pattern: what looks like one is looked for as it stands.
    assertThat(found(new AuditFilter("", "", "%", null, null))).isEmpty();
    assertThat(found(new AuditFilter("", "", "", now.minusSeconds(60), now.plusSeconds(60))))
        .hasSize(2);
    assertThat(found(new AuditFilter("", "", "", now.plusSeconds(60), null))).isEmpty();
  }

  @Test
  void onlyPlatformAdminsRead() {
    var bob = new Principal(UUID.randomUUID(), "bob", "Bob", false, Map.of());
    assertThatThrownBy(() -> audit.page(bob, AuditFilter.ALL, PageRequest.first(1)))
        .hasMessageContaining("Only platform admins");
  }

  private List<String> found(AuditFilter filter) {
    return audit.page(ADMIN, filter, PageRequest.first(10)).items().stream()
        .map(Audit.Entry::thing)
        .toList();
  }

  private void writeAndLink(String... things) {
    for (var thing : things) write(thing);
    assertThat(audit.firstBrokenEntry(ADMIN)).isEmpty();
  }

  private void write(String thing) {
    transactions.withoutTeam(jdbc -> {
      audit.record(jdbc, "ann", null, "submit", thing, Map.of("b", 1, "a", "ü \" \\"));
      return null;
    });
  }

  private List<Audit.Entry> all() {
    return audit.page(ADMIN, AuditFilter.ALL, PageRequest.first(100)).items();
  }
}
