package io.espalier.orchestrator.schedule;

import io.espalier.orchestrator.database.Transactions;

/**
 * Measures what each member has used of late, in GPU-milliseconds that lose half of their weight in
 * a week. It orders members within their team, so a minute's delay is no harm: the planner counts
 * its own grants at once.
 */
public final class MemberUsage {

  static final long LOCK = 0x6573_7061_6c03L;

  private final Transactions transactions;

  public MemberUsage(Transactions transactions) {
    this.transactions = transactions;
  }

  public void tick() {
    transactions.asPlanner(jdbc -> {
      if (!AdvisoryLock.tryTake(jdbc, LOCK)) return 0;
      // After four half-lives a sixteenth is left: older leases are left out.
      return jdbc.sql(
              """
              insert into member_usage (team_id, user_id, millis, at)
              select l.team_id, j.owner_id,
                     sum(1000 * extract(epoch from coalesce(l.ended_at, now()) - l.granted_at)
                         * (select count(*) from lease_slot s where s.lease_id = l.id)
                         * power(0.5, extract(epoch from now() - coalesce(l.ended_at, now()))
                                      / extract(epoch from interval '7 days'))),
                     now()
              from lease l join job j on j.id = l.job_id
              where l.ended_at > now() - interval '28 days' or l.state = 'LIVE'
              group by l.team_id, j.owner_id
              on conflict (team_id, user_id) do update set millis = excluded.millis, at = excluded.at
              """)
          .update();
    });
  }
}
