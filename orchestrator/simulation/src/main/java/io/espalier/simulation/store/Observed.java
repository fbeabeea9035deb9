package io.espalier.simulation.store;

import io.espalier.domain.budget.Amount;
import io.espalier.simulation.store.Rows.Account;
import io.espalier.simulation.store.Rows.Agent;
import io.espalier.simulation.store.Rows.Job;
import io.espalier.simulation.store.Rows.Lease;
import io.espalier.simulation.store.Rows.Task;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows as lines, so that those of another store can be compared with them. */
final class Observed {

  static String of(Job job) {
    return "job %s %s %s %s %d"
        .formatted(job.id, job.state, or(job.pause), or(job.failure), job.version);
  }

  static String of(Task task) {
    return "task %s %s %s epoch %d losses %d micro %s avoid %s preempted %d version %d"
        .formatted(
            task.id,
            task.kind,
            task.state,
            task.epoch,
            task.losses,
            or(task.microBatch),
            task.avoid == null ? "-" : task.avoid.id,
            task.preemptions,
            task.version);
  }

  static String of(Lease lease) {
    var live = lease.live;
    var funding = live.funding();
    // What an ended lease last held is history, and told by the entries.
    return lease.isLive()
        ? "lease %s LIVE %s %s next %d slice %d from %d held %d settled %d durable %d renewed %d"
            .formatted(
                lease.id,
                live.wish(),
                or(live.yieldReason()),
                lease.nextSequence,
                funding.number(),
                funding.slice().startedAt().toEpochMilli(),
                funding.slice().held().millis(),
                funding.settled().millis(),
                funding.durable().millis(),
                live.renewedAt().toEpochMilli())
        : "lease %s %s next %d ended %s"
            .formatted(lease.id, lease.state, lease.nextSequence, millis(lease.endedAt));
  }

  static String of(UUID owner, Account account) {
    var balance = account.balance;
    return "account %s funded %s held %s spent %s"
        .formatted(
            owner, amount(balance.funded()), amount(balance.held()), amount(balance.spent()));
  }

  static String of(Task task, Rows.Checkpoint checkpoint) {
    return "checkpoint %s %d %s".formatted(task.id, checkpoint.step(), checkpoint.content());
  }

  static String of(Agent agent) {
    return "agent %s version %d draining %s"
        .formatted(agent.id, agent.desiredVersion, agent.draining);
  }

  private static String amount(Amount amount) {
    return amount.time().millis() + "/" + amount.money().micros();
  }

  private static Object or(@Nullable Object value) {
    return value == null ? "-" : value;
  }

  private static Object millis(@Nullable Instant instant) {
    return instant == null ? "-" : instant.toEpochMilli();
  }

  private Observed() {}
}
