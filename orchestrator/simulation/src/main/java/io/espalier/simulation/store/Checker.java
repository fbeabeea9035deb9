package io.espalier.simulation.store;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.EntryKind;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.TaskState;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.simulation.store.Rows.Account;
import io.espalier.simulation.store.Rows.Job;
import io.espalier.simulation.store.Rows.Lease;
import io.espalier.simulation.store.Rows.Slot;
import io.espalier.simulation.store.Rows.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The invariants of the design, checked where something has changed. It keeps books of its own,
 * from the entries and events alone, and never reads a sum that it did not make.
 */
public final class Checker {

  /** One unit of an account, as its entries make it. */
  private static final class Column {
    long funded;
    long held;
    long spent;

    void post(EntryKind kind, long amount) {
      switch (kind) {
        case CREDIT -> funded += amount;
        case HOLD -> held += amount;
        case SETTLE -> {
          held -= amount;
          spent += amount;
        }
        case VOID -> held -= amount;
        case REFUND -> spent -= amount;
        case TRANSFER_IN, TRANSFER_OUT, EXPIRY, OVERDRAFT, OVERDRAFT_END ->
            throw new IllegalArgumentException("Not simulated: " + kind);
      }
    }

    boolean isOverdrawn() {
      return held < 0 || spent < 0 || funded < 0 || held + spent > funded;
    }

    boolean is(long funded, long held, long spent) {
      return this.funded == funded && this.held == held && this.spent == spent;
    }
  }

  /** An account's balances as its entries make them. */
  private static final class Book {
    final Column time = new Column();
    final Column money = new Column();
  }

  /** A lease's holds as its entries make them, in one of its two accounts. */
  private static final class Holds {
    int slice = -1;
    Amount open = Amount.NOTHING;
    boolean isOpen;
    long billed;
  }

  /** What a listener hears of every event that is stored. */
  @FunctionalInterface
  public interface Listener {
    void stored(UUID lease, long epoch, long sequence, TrainerEvent event);
  }

  private final Map<Account, Book> books = new HashMap<>();
  private final Map<Lease, Holds> teamHolds = new HashMap<>();
  private final Map<Lease, Holds> capHolds = new HashMap<>();
  private final Map<Slot, Lease> occupied = new HashMap<>();
  private final Map<Task, Long> epochs = new HashMap<>();
  private final Map<Job, Long> billedUntil = new HashMap<>();
  private final Map<Job, JobState> states = new HashMap<>();
  private final Map<Lease, Long> sequences = new HashMap<>();
  private final List<Account> accounts = new ArrayList<>();
  private final List<Lease> leases = new ArrayList<>();
  private final List<Task> tasks = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();
  private @Nullable Listener listener;
  private long checks;

  public void onStored(Listener listener) {
    this.listener = listener;
  }

  /** How often something was compared. */
  public long checks() {
    return checks;
  }

  void posted(Account account, @Nullable Lease lease, int slice, EntryKind kind, Amount amount) {
    require(
        !amount.isNegative() && !amount.isNothing(),
        "entry %s of account %d is not positive",
        kind,
        account.number);
    var book = books.computeIfAbsent(account, _ -> new Book());
    book.time.post(kind, amount.time().millis());
    book.money.post(kind, amount.money().micros());
    require(
        !book.time.isOverdrawn() && !book.money.isOverdrawn(),
        "account %d is overdrawn",
        account.number,
        0);
    accounts.add(account);
    if (lease != null) {
      var side = account.number < 0 ? capHolds : teamHolds;
      hold(side.computeIfAbsent(lease, _ -> new Holds()), lease, slice, kind, amount);
      leases.add(lease);
    }
  }

  private void hold(Holds holds, Lease lease, int slice, EntryKind kind, Amount amount) {
    switch (kind) {
      case HOLD -> {
        require(!holds.isOpen, "lease %d has two open holds", lease.number, 0);
        require(
            slice == holds.slice + 1,
            "slice %d of lease %d is held twice or out of turn",
            slice,
            lease.number);
        holds.slice = slice;
        holds.open = amount;
        holds.isOpen = true;
      }
      case SETTLE, VOID -> {
        require(
            holds.isOpen && slice == holds.slice,
            "a hold of lease %d is resolved that is not open",
            lease.number,
            0);
        require(
            holds.open.covers(amount), "lease %d: more is resolved than was held", lease.number, 0);
        holds.open = holds.open.minus(amount);
        if (kind == EntryKind.SETTLE) holds.billed += amount.time().millis();
        holds.isOpen = !holds.open.isNothing();
      }
      case REFUND -> {
        holds.billed -= amount.time().millis();
        require(holds.billed >= 0, "lease %d is refunded more than billed", lease.number, 0);
      }
      case CREDIT, TRANSFER_IN, TRANSFER_OUT, EXPIRY, OVERDRAFT, OVERDRAFT_END ->
          throw new Violation("An entry " + kind + " is about lease " + lease.number);
    }
  }

  void granted(Lease lease) {
    for (var slot : lease.slots) {
      var before = occupied.put(slot, lease);
      require(before == null, "slot %d is in two live leases", slot.number, 0);
    }
    long epoch = epochs.getOrDefault(lease.task, 0L);
    require(lease.epoch > epoch, "the epoch of task %d did not rise", lease.task.number, 0);
    epochs.put(lease.task, lease.epoch);
    long until = billedUntil.getOrDefault(lease.task.job, 0L);
    require(
        until <= lease.grantedAt.toEpochMilli(),
        "job %d is billed twice for the same time, up to lease %d",
        lease.task.job.number,
        lease.number);
    leases.add(lease);
  }

  void ended(Lease lease) {
    for (var slot : lease.slots) occupied.remove(slot);
    sequences.remove(lease);
    leases.add(lease);
  }

  void changed(Lease lease) {
    leases.add(lease);
  }

  void changed(Task task) {
    tasks.add(task);
  }

  void jobMoved(Job job, @Nullable JobState from, JobState to) {
    require(states.put(job, to) == from, "the timeline of job %d has a gap", job.number, 0);
    jobs.add(job);
  }

  void stored(Lease lease, long sequence, TrainerEvent event) {
    require(
        lease.isLive() && lease.epoch == epochs.getOrDefault(lease.task, 0L),
        "something of lease %d is stored although it is over",
        lease.number,
        0);
    long expected = sequences.merge(lease, 1L, Long::sum) - 1;
    require(sequence == expected, "event %d of lease %d is out of turn", sequence, lease.number);
    if (listener != null) listener.stored(lease.id, lease.epoch, sequence, event);
  }

  /** Compares all that has changed. To be called when a transaction has ended. */
  public void afterTransaction() {
    for (int i = 0; i < accounts.size(); i++) check(accounts.get(i));
    for (int i = 0; i < leases.size(); i++) check(leases.get(i));
    for (int i = 0; i < tasks.size(); i++) check(tasks.get(i));
    for (int i = 0; i < jobs.size(); i++) check(jobs.get(i));
    accounts.clear();
    leases.clear();
    tasks.clear();
    jobs.clear();
  }

  void checkAll(Collection<Job> allJobs, Collection<Lease> allLeases, Set<String> contents) {
    for (var account : books.keySet()) check(account);
    for (var lease : allLeases) check(lease);
    for (var job : allJobs) {
      check(job);
      for (var task : job.tasks) {
        check(task);
        for (var checkpoint : task.checkpoints) {
          require(
              contents.contains(checkpoint.content()),
              "checkpoint %d of task %d is listed and cannot be loaded",
              checkpoint.step(),
              task.number);
        }
      }
    }
  }

  private void check(Account account) {
    var book = books.get(account);
    if (book == null) return;
    var balance = account.balance;
    require(
        book.time.is(
                balance.funded().time().millis(),
                balance.held().time().millis(),
                balance.spent().time().millis())
            && book.money.is(
                balance.funded().money().micros(),
                balance.held().money().micros(),
                balance.spent().money().micros()),
        "the balances of account %d are not the sums of its entries",
        account.number,
        0);
  }

  private void check(Lease lease) {
    check(lease, teamHolds.get(lease));
    check(lease, capHolds.get(lease));
    for (var slot : lease.slots) {
      require(
          lease.isLive() == (slot.lease == lease) && lease.isLive() == (lease.endedAt == null),
          "lease %d and slot %d disagree on whether it is live",
          lease.number,
          slot.number);
    }
    require(
        lease.isLive() == (lease.task.live == lease),
        "lease %d and its task disagree on whether it is live",
        lease.number,
        0);
  }

  private void check(Lease lease, @Nullable Holds holds) {
    require(holds != null, "lease %d was never paid for", lease.number, 0);
    if (holds == null) return;
    require(
        lease.isLive() == holds.isOpen,
        "live lease %d has no open hold, or an ended one has",
        lease.number,
        0);
    require(
        !lease.isLive() || holds.open.time().equals(lease.live.funding().slice().held()),
        "the open hold of lease %d is not what was held",
        lease.number,
        0);
    if (lease.endedAt == null) return;
    long until = lease.grantedAt.toEpochMilli() + holds.billed / lease.slots.size();
    require(
        until <= lease.endedAt.toEpochMilli(),
        "lease %d is billed for longer than it lasted",
        lease.number,
        0);
    billedUntil.merge(lease.task.job, until, Math::max);
  }

  private void check(Task task) {
    boolean fits =
        switch (task.state) {
          case LEASED -> task.live != null;
          case CANCELLED -> true;
          case WAITING, DONE, FAILED -> task.live == null;
        };
    require(fits, "task %d has a live lease that it should not have, or none", task.number, 0);
    require(
        task.epoch == epochs.getOrDefault(task, 0L),
        "the epoch of task %d is not that of its last lease",
        task.number,
        0);
    check(task.job);
  }

  private void check(Job job) {
    int open = 0;
    for (var task : job.tasks) {
      if (task.state == TaskState.WAITING || task.state == TaskState.LEASED) open++;
    }
    require(
        open == (job.state.isTerminal() ? 0 : 1),
        "job %d has %d tasks to do, which does not fit its state",
        job.number,
        open);
    require(states.get(job) == job.state, "job %d moved without a trace", job.number, 0);
  }

  /** No text is made unless it is needed: this is asked a hundred million times. */
  private void require(boolean holds, String sentence, long first, long second) {
    checks++;
    if (!holds) throw new Violation(sentence.formatted(first, second));
  }

  private void require(boolean holds, String sentence, EntryKind kind, long number) {
    checks++;
    if (!holds) throw new Violation(sentence.formatted(kind, number));
  }
}
