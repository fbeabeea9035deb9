package io.espalier.orchestrator.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.TestPlatform;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A checker that never finds anything would look just like a platform without faults. */
class InvariantsTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();

  @BeforeEach
  void aJobThatTrains() {
    var team = platform.team();
    var agent = platform.agent("oak", 1);
    team.submit();
    platform.planning.tick();
    agent.startOnlyLease().profiled();
    platform.planning.tick();
    agent.startOnlyLease().checkpoint(10);
    platform.assertInvariants();
  }

  @Test
  void findsABalanceThatNoEntryExplains() {
    damage("update budget_account set spent = spent + 1 where job_id is null");
    finds("an account's balances are not the sums of its entries");
  }

  @Test
  void findsAMomentAtWhichMoreWasHeldThanFunded() {
    damage(
        """
        with late as (
          insert into budget_entry (team_id, account_id, kind, debit, credit, amount, reason)
          select team_id, account_id, kind, debit, credit, amount, reason from budget_entry
          where kind = 'CREDIT' returning 1)
        delete from budget_entry where kind = 'CREDIT'
        """);
    finds("an account was overdrawn at some moment");
  }

  @Test
  void findsALiveLeaseThatNobodyPaysFor() {
    damage(
        """
        delete from budget_entry e using lease l
        where l.id = e.lease_id and l.state = 'LIVE' and e.kind = 'HOLD'
        """);
    finds("a live lease has no open hold, or an ended one has");
  }

  @Test
  void findsAHoldThatWasNotWhollyResolved() {
    damage("update budget_entry set amount = amount + 1 where kind = 'VOID'");
    finds("a hold is not resolved exactly once");
  }

  @Test
  void findsAnEntryThatIsOnOneAccountOnly() {
    damage(
        """
        delete from budget_entry e using budget_account a
        where a.id = e.account_id and a.job_id is null and e.kind = 'VOID'
        """);
    finds("team and cap disagree on an entry of a lease");
  }

  @Test
  void findsALeaseThatIsBilledForTimeBeforeItBegan() {
    damage("update lease set granted_at = ended_at where state = 'RELEASED'");
    damage("update budget_entry set amount = amount + 5000 where kind = 'SETTLE'");
    finds("a lease is billed for longer than it lasted");
  }

  @Test
  void findsASlotThatWasGivenBackTooEarly() {
    damage("update lease_slot set live = false where live");
    finds("a slot is live although its lease is not, or the reverse");
  }

  @Test
  void findsAnEpochThatFellBack() {
    damage("update task set epoch = 0 where state = 'LEASED'");
    finds("a task's last epoch is not that of its last lease");
  }

  @Test
  void findsATaskThatIsLeasedByNobody() {
    damage("update lease set state = 'EXPIRED', ended_at = now() where state = 'LIVE'");
    finds("a task is leased without a live lease, or has one although it is not");
  }

  @Test
  void findsAJobThatWasForgotten() {
    damage("update task set state = 'CANCELLED' where state = 'LEASED'");
    finds("a job that has not ended has nothing to do");
  }

  @Test
  void findsAnEndedJobThatStillHasATask() {
    damage("update job set state = 'CANCELLED', finished_at = now()");
    finds("a job that has ended still has a task to do");
    finds("a job's state is not the last of its timeline");
  }

  @Test
  void findsAJumpAndAGapInATimeline() {
    damage(
        """
        insert into job_transition (team_id, job_id, from_state, to_state)
        select team_id, id, 'QUEUED', 'SUCCEEDED' from job
        """);
    finds("an illegal transition");
    finds("a timeline has a gap");
  }

  @Test
  void findsACheckpointThatCouldNotBeRead() {
    damage(
        "update checkpoint set files = replace(files::text, '\"sha256\": \"', '\"sha256\": \"0')::jsonb");
    finds("a listed file is not in the store");
  }

  private void damage(String statement) {
    assertThat(platform.sql(statement)).isPositive();
  }

  private void finds(String sentence) {
    assertThat(platform.invariants.violations())
        .anySatisfy(violation -> assertThat(violation).startsWith(sentence + ": "));
  }
}
