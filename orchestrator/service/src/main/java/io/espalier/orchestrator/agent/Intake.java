package io.espalier.orchestrator.agent;

import io.espalier.domain.lease.Reception;
import io.espalier.domain.wire.Events;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.change.Change;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.database.Together;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.Grounds;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.job.Work;
import io.espalier.orchestrator.job.WorkChanges;
import io.espalier.orchestrator.lease.Lease;
import io.espalier.orchestrator.lease.LeaseChanges;
import io.espalier.orchestrator.lease.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Takes what agents report of their leases: stores what is new, and answers for every lease on its
 * own. Reports that come at the same time, of whatever agents, share a transaction.
 */
final class Intake {

  /** Of one transaction. */
  private static final int MOST_REPORTS = 64;

  /** What an agent says of one lease. */
  private record Report(UUID agent, Events.OfLease batch) {
    UUID lease() {
      return batch.leaseId();
    }
  }

  private record Accepted(List<Events.Verdict> verdicts, List<Change> changes) {}

  private final Transactions transactions;
  private final Changes changes;
  private final Leases leases;
  private final TaskFlow flow;
  private final Together<Report, Events.Verdict> together =
      new Together<>(MOST_REPORTS, Report::lease, this::accept);

  Intake(Transactions transactions, Changes changes, Leases leases, TaskFlow flow) {
    this.transactions = transactions;
    this.changes = changes;
    this.leases = leases;
    this.flow = flow;
  }

  List<Events.Verdict> accept(UUID agent, List<Events.OfLease> batches) {
    if (batches.isEmpty()) return List.of();
    return together.ask(batches.stream().map(batch -> new Report(agent, batch)).toList());
  }

  private List<Events.Verdict> accept(List<Report> reports) {
    var accepted = transactions.asPlanner(jdbc -> accept(jdbc, reports));
    changes.announce(accepted.changes());
    return accepted.verdicts();
  }

  /** {@code reports}: at most one of each lease. */
  private Accepted accept(JdbcClient jdbc, List<Report> reports) {
    var whole = new HashSet<UUID>();
    var alone = new HashSet<UUID>();
    for (var report : reports) {
      // The commonest message by far, a mere sign of life, need not lock job and task.
      (report.batch().events().isEmpty() ? alone : whole).add(report.lease());
    }
    var locked = Work.lock(jdbc, leases, whole, alone);
    var works = new HashMap<UUID, Work>();
    var signs = new HashMap<UUID, Lease>();
    for (var work : locked.works()) works.put(work.lease().id(), work);
    for (var lease : locked.alone()) signs.put(lease.id(), lease);

    var receptions = new ArrayList<Reception>();
    var funded = new ArrayList<Lease>();
    var news = new LinkedHashMap<Work, List<TrainerEvent>>();
    var last = new HashMap<Work, TrainerEvent>();
    for (var report : reports) {
      var lease = lease(report, works, signs);
      var reception = reception(report, lease);
      receptions.add(reception);
      if (lease != null && mayChangeFunding(reception, lease)) funded.add(lease);
      if (reception instanceof Reception.News fresh) {
        var work = known(works.get(report.lease()));
        news.put(work, fresh.events());
        last.put(work, fresh.last());
      }
    }
    flow.report(jdbc, news);
    var grounds = Grounds.read(jdbc, last);
    // Accounts are locked now only if a renewal depends on what they have; else to be written.
    boolean due = funded.stream().anyMatch(leases::isFundingDue);
    var changed = leases.changes(jdbc, due ? funded : List.of());
    var result = new Result(jdbc, new WorkChanges(changed, grounds));
    for (int i = 0; i < reports.size(); i++) {
      var report = reports.get(i);
      result.add(report, receptions.get(i), lease(report, works, signs), works.get(report.lease()));
    }
    result.work.write(jdbc);
    return new Accepted(List.copyOf(result.verdicts), List.copyOf(result.news));
  }

  private static @Nullable Lease lease(
      Report report, Map<UUID, Work> works, Map<UUID, Lease> signs) {
    var work = works.get(report.lease());
    return work == null ? signs.get(report.lease()) : work.lease();
  }

  private static Reception reception(Report report, @Nullable Lease lease) {
    if (lease == null) return new Reception.Stale();
    var batch = report.batch();
    boolean own = lease.agent().equals(report.agent()) && lease.epoch() == batch.epoch();
    return Reception.of(
        lease.state(), own, lease.nextSequence(), batch.firstSequence(), batch.events());
  }

  private boolean mayChangeFunding(Reception reception, Lease lease) {
    return switch (reception) {
      case Reception.Stale(), Reception.Ended() -> false;
      case Reception.SignOfLife() -> leases.isFundingDue(lease);
      case Reception.News news -> news.last().isLast() || leases.isFundingDue(lease);
    };
  }

  /** What the reports of one transaction come to, one after the other. */
  private final class Result {
    final JdbcClient jdbc;
    final WorkChanges work;
    final List<Events.Verdict> verdicts = new ArrayList<>();
    final List<Change> news = new ArrayList<>();

    Result(JdbcClient jdbc, WorkChanges work) {
      this.jdbc = jdbc;
      this.work = work;
    }

    void add(Report report, Reception reception, @Nullable Lease lease, @Nullable Work of) {
      verdicts.add(
          switch (reception) {
            case Reception.Stale() -> stale(report);
            case Reception.Ended() -> ended(report, known(lease).nextSequence());
            case Reception.SignOfLife() -> {
              var alive = known(lease);
              yield accepted(report, alive.nextSequence(), leases.renew(leaseChanges(), alive));
            }
            case Reception.News fresh -> store(report, known(of), fresh);
          });
    }

    private LeaseChanges leaseChanges() {
      return work.leases;
    }

    private Events.Verdict store(Report report, Work of, Reception.News fresh) {
      var lease = of.lease();
      boolean saved = fresh.events().stream().anyMatch(TrainerEvent.Checkpoint.class::isInstance);
      var heard = saved ? of.checkpointed(leases.checkpointed(leaseChanges(), lease)) : of;
      long next = lease.nextSequence() + fresh.events().size();
      leaseChanges().stored(lease, next);
      news.add(new Change.OfJob(lease.job()));
      if (!fresh.last().isLast()) {
        return accepted(report, next, leases.renew(leaseChanges(), heard.lease()));
      }
      flow.end(jdbc, work, heard, fresh.last());
      news.add(new Change.OfAgent(lease.agent()));
      news.add(new Change.OfWork());
      return ended(report, next);
    }
  }

  private static <T> T known(@Nullable T locked) {
    if (locked == null) throw new IllegalStateException("A report without its lease is stale");
    return locked;
  }

  private static Events.Verdict accepted(Report report, long next, Duration valid) {
    return new Events.Verdict(report.lease(), Events.Outcome.ACCEPTED, next, valid.toMillis());
  }

  private static Events.Verdict ended(Report report, long next) {
    return new Events.Verdict(report.lease(), Events.Outcome.ENDED, next, 0);
  }

  private static Events.Verdict stale(Report report) {
    return new Events.Verdict(report.lease(), Events.Outcome.STALE_EPOCH, 0, 0);
  }
}
