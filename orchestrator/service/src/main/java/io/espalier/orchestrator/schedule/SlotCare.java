package io.espalier.orchestrator.schedule;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Absent;
import io.espalier.orchestrator.database.Transactions;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What admins do with single slots and with the labels of hosts. */
public final class SlotCare {

  private static final int MOST_LABELS = 20;
  private static final int MOST_CHARACTERS = 50;

  private final Transactions transactions;
  private final Changes changes;
  private final Audit audit;

  public SlotCare(Transactions transactions, Changes changes, Audit audit) {
    this.transactions = transactions;
    this.changes = changes;
    this.audit = audit;
  }

  /** A disabled slot gets no work, and what runs on it saves and goes on elsewhere. */
  public void setEnabled(Principal admin, UUID agent, int index, boolean enabled) {
    change(
        admin,
        agent,
        index,
        enabled ? "enable slot" : "disable slot",
        "update slot set enabled = " + enabled);
  }

  /** Ends the quarantine that a hardware error has begun: somebody has looked at it. */
  public void release(Principal admin, UUID agent, int index) {
    change(
        admin,
        agent,
        index,
        "release slot",
        "update slot set quarantined_at = null, quarantine_reason = null");
  }

  private void change(Principal admin, UUID agent, int index, String action, String update) {
    admin.requirePlatformAdmin();
    transactions.withoutTeam(jdbc -> {
      int changed =
          jdbc.sql(update + " where agent_id = :agent and index = :index")
              .param("agent", agent)
              .param("index", index)
              .update();
      if (changed == 0) throw Absent.of("slot", index + " of agent " + agent);
      audit.record(jdbc, admin.login(), null, action, "agent " + agent, Map.of("slot", index));
      return true;
    });
    changes.announce(new Change.OfAgent(agent), new Change.OfWork());
  }

  /** Replaces the labels of a host, which jobs can ask for. */
  public void label(Principal admin, UUID agent, List<String> labels) {
    admin.requirePlatformAdmin();
    boolean wrong =
        labels.size() > MOST_LABELS
            || labels.stream()
                .anyMatch(label -> label.isBlank() || label.length() > MOST_CHARACTERS);
    if (wrong) {
      throw new Refused(
          Problem.of(
                  "labels",
                  Category.INVALID,
                  "labels",
                  "Labels are few and short.",
                  "Send fewer or shorter ones.")
              .found(String.join(", ", labels))
              .allowed("up to 20 labels of 1 to 50 characters"));
    }
    var sorted = labels.stream().map(String::strip).sorted().distinct().toList();
    transactions.withoutTeam(jdbc -> {
      int changed =
          jdbc.sql("update agent set labels = :labels::text[] where id = :agent")
              .param("labels", sorted.toArray(String[]::new))
              .param("agent", agent)
              .update();
      if (changed == 0) throw Absent.of("agent", agent);
      audit.record(jdbc, admin.login(), null, "label", "agent " + agent, Map.of("labels", sorted));
      return true;
    });
    changes.announce(new Change.OfAgent(agent), new Change.OfWork());
  }
}
