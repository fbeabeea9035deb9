package io.espalier.orchestrator.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Period;
import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.TestPlatform;
import io.espalier.orchestrator.invariant.Invariants.Contents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A checker that never finds anything would look just like a platform without faults. */
class InvariantsTest {

  @AutoClose private final TestPlatform platform = new TestPlatform();
  private final TestPlatform.Team team = platform.team();

  @BeforeEach
  void aJobThatTrains() {
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
  void findsATransferThatHasNotArrived() {
    var blue = platform.team("blue", GpuTime.ofHours(1));
    platform.budgets.transfer(
        platform.admin, blue.id, team.id, Amount.of(GpuTime.ofSeconds(60)), "a loan");
    platform.assertInvariants();
    damage("delete from budget_entry where kind = 'TRANSFER_IN'");
    finds("a transfer has not the same amount at both ends");
  }

  @Test
  void findsAnOverdraftThatNobodyGranted() {
    damage("update budget_account set overdraft = overdraft + 1 where job_id is null");
    finds("an account's balances are not the sums of its entries");
  }

  @Test
  void findsMoneyThatIsNotThePriceOfItsTime() {
    damage("update budget_entry set money = money + 1 where kind = 'HOLD'");
    finds("an entry of a lease has not the price of its time at the rate of the grant");
    finds("an account's balances are not the sums of its entries");
    finds("a hold is not resolved exactly once");
  }

  @Test
  void findsARateThatNobodyHasSet() {
    damage("update lease set rate_micros = 5");
    finds("a lease was granted at a rate that its pool never had");
  }

  @Test
  void findsALeaseThatHoldsMoreThanTheLedgerKnows() {
    damage("update lease set held_millis = held_millis + 1 where state = 'LIVE'");
    finds("what a lease holds or has settled is not what the ledger says");
  }

  @Test
  void findsAJobThatRestsWhileItsTaskRuns() {
    damage("update job set state = 'PAUSED', pause_reason = 'USER'");
    finds("a job rests although its task runs");
  }

  @Test
  void findsASubmissionThatWasAcknowledgedAndIsNotThere() {
    var lost = UUID.randomUUID();
    var kept = team.submit();

    assertThat(platform.invariants.acknowledged(List.of(kept)).things()).isEmpty();
    assertThat(platform.invariants.acknowledged(List.of(kept, lost)).things())
        .containsExactly(lost.toString());
  }

  @Test
  void findsWhatNobodyLooksAfterAnyMore() {
    var patience = Duration.ofMinutes(10);
    team.submit();
    platform.budgets.setPeriod(
        platform.admin, team.id, new Period(Period.Length.WEEK, Amount.NOTHING, 0));
    assertThat(platform.invariants.stuck(patience)).allMatch(found -> found.things().isEmpty());

    platform.letTimePass(Duration.ofMinutes(11));
    platform.sql("update task set queued_at = queued_at - interval '11 minutes'");
    platform.sql(
        """
        update budget_period set began_at = began_at - interval '30 days',
                                 ends_at = ends_at - interval '30 days'
        """);

    assertThat(platform.invariants.stuck(patience))
        .hasSize(3)
        .allMatch(found -> found.things().size() == 1);
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
  void findsAnEntryThatWentTheWrongWay() {
    withoutConstraints("budget_entry");
    damage("update budget_entry set debit = 'SOURCE' where kind = 'VOID'");
    finds("an entry does not leave and enter the buckets of its kind");
    finds("an account's balances are not the sums of its entries");
  }

  @Test
  void findsASlotThatIsInTwoLiveLeases() {
    platform.sql("drop index slot_in_one_live_lease");
    damage("update lease_slot set live = true where not live");
    finds("a slot is in two live leases");
  }

  @Test
  void findsAnEpochThatWasGivenOutOfTurn() {
    damage("update lease set epoch = 7 where state = 'RELEASED'");
    damage("update lease set task_id = (select task_id from lease where state = 'LIVE')");
    finds("an epoch did not rise");
  }

  @Test
  void findsTimeThatWasBilledTwice() {
    damage("update budget_entry set amount = amount + 61000 where kind = 'SETTLE'");
    finds("two leases of a job are billed for the same time");
  }

  @Test
  void findsALeaseOfAnotherJobThanItsTask() {
    platform.team("blue", GpuTime.ofHours(1)).submit();
    withoutConstraints("budget_entry");
    withoutConstraints("lease");
    damage(
        """
        update lease set job_id = other.id, team_id = other.team_id
        from job other
        where lease.job_id <> other.id and lease.state = 'RELEASED'
        """);
    finds("a lease is of another job than its task");
  }

  @Test
  void findsAModelOfAnotherTeam() {
    var blue = platform.team("blue", GpuTime.ofHours(1));
    platform.sql("update base_model set team_id = ?", blue.id);
    finds("a reference crosses teams");
  }

  @Test
  void findsAContentThatIsShorterThanItsListOrHasOtherBytes() throws Exception {
    var checkpoint = checkpointFile();
    var bytes = Files.readAllBytes(checkpoint);
    bytes[0] ^= 1;
    Files.write(checkpoint, bytes);
    assertThat(platform.invariants.violations()).as("of the same length").isEmpty();
    assertThat(platform.invariants.check(Contents.READ))
        .filteredOn(found -> !found.things().isEmpty())
        .extracting(Invariants.Finding::sentence)
        .containsExactly("a listed file is not whole in the store");

    Files.write(checkpoint, new byte[1]);
    finds("a listed file is not whole in the store");
    Files.delete(checkpoint);
    finds("a listed file is not whole in the store");
  }

  private Path checkpointFile() {
    var sha256 =
        platform
            .database
            .superuser()
            .sql("select files -> 0 -> 'blob' ->> 'sha256' from checkpoint")
            .query(String.class)
            .single();
    return platform.blobs.file(sha256);
  }

  @Test
  void findsATrainingWhoseCheckpointsWereLetGoTooSoon() {
    damage("delete from checkpoint");
    finds("a training that goes on has lost its checkpoints");
  }

  @Test
  void findsACheckpointThatCouldNotBeRead() {
    damage(
        "update checkpoint set files = replace(files::text, '\"sha256\": \"', '\"sha256\": \"0')::jsonb");
    finds("a listed file is not in the store");
  }

  private void withoutConstraints(String table) {
    var superuser = platform.database.superuser();
    superuser
        .sql(
            """
            select conname from pg_constraint
            where conrelid = ?::regclass and contype in ('c', 'f')
            """)
        .param(table)
        .query(String.class)
        .list()
        .forEach(name -> platform.sql("alter table " + table + " drop constraint " + name));
  }

  private void damage(String statement) {
    assertThat(platform.sql(statement)).isPositive();
  }

  private void finds(String sentence) {
    assertThat(platform.invariants.violations())
        .anySatisfy(violation -> assertThat(violation).startsWith(sentence + ": "));
  }
}
