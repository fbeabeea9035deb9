package io.espalier.orchestrator.invariant;

import java.util.List;

/**
 * A query for what must not be there; what it finds is named in the first column.
 *
 * @param sentence what it would mean to find something
 */
record Check(String sentence, String query) {

  static final List<Check> ALL =
      List.of(
          new Check(
              "an account's balances are not the sums of its entries",
              """
              select a.id::text
              from budget_account a
              cross join lateral (
                select coalesce(sum(amount * funds), 0) as funded, coalesce(sum(money * funds), 0) as money_funded,
                       coalesce(sum(amount * over), 0) as overdraft, coalesce(sum(money * over), 0) as money_overdraft,
                       coalesce(sum(amount * holds), 0) as held, coalesce(sum(money * holds), 0) as money_held,
                       coalesce(sum(amount * spends), 0) as spent, coalesce(sum(money * spends), 0) as money_spent
                from (
                  select amount, money,
                         case when kind in ('CREDIT', 'TRANSFER_IN') then 1
                              when kind in ('TRANSFER_OUT', 'EXPIRY') then -1 else 0 end as funds,
                         case kind when 'OVERDRAFT' then 1 when 'OVERDRAFT_END' then -1 else 0 end as over,
                         (credit = 'HELD')::int - (debit = 'HELD')::int as holds,
                         (credit = 'SPENT')::int - (debit = 'SPENT')::int as spends
                  from budget_entry where account_id = a.id
                ) e
              ) s
              where (a.funded, a.overdraft, a.held, a.spent) <> (s.funded, s.overdraft, s.held, s.spent)
                 or (a.money_overdraft, a.money_held, a.money_spent)
                    <> (s.money_overdraft, s.money_held, s.money_spent)
                 or a.money_funded <> s.money_funded
              """),
          new Check(
              "an entry does not leave and enter the buckets of its kind",
              """
              select id::text from budget_entry
              where (kind, debit, credit) not in (
                ('CREDIT', 'SOURCE', 'FREE'), ('TRANSFER_IN', 'SOURCE', 'FREE'),
                ('TRANSFER_OUT', 'FREE', 'SOURCE'), ('EXPIRY', 'FREE', 'SOURCE'),
                ('OVERDRAFT', 'SOURCE', 'FREE'), ('OVERDRAFT_END', 'FREE', 'SOURCE'),
                ('HOLD', 'FREE', 'HELD'), ('SETTLE', 'HELD', 'SPENT'), ('VOID', 'HELD', 'FREE'),
                ('REFUND', 'SPENT', 'FREE'))
              """),
          new Check(
              "an account was overdrawn at some moment",
              """
              select distinct p.account_id::text
              from (
                select account_id,
                       sum(amount * way) over prefix as free, sum(money * way) over prefix as money_free
                from (select account_id, id, amount, money,
                             (credit = 'FREE')::int - (debit = 'FREE')::int as way
                      from budget_entry) e
                window prefix as (partition by account_id order by id)
              ) p join budget_account a on a.id = p.account_id
              where p.free < 0 or (p.money_free < 0 and a.money_funded is not null)
              """),
          new Check(
              "a transfer has not the same amount at both ends",
              """
              select transfer_id::text from budget_entry where transfer_id is not null
              group by transfer_id
              having count(*) <> 2 or count(distinct kind) <> 2 or count(distinct team_id) <> 2
                  or min(amount) <> max(amount) or min(money) <> max(money)
              """),
          new Check(
              "team and cap disagree on an entry of a lease",
              """
              select lease_id || ' slice ' || slice || ' ' || kind
              from budget_entry where lease_id is not null
              group by lease_id, slice, kind
              having count(*) <> 2 or min(amount) <> max(amount) or min(money) <> max(money)
              """),
          new Check(
              "an entry of a lease has not the price of its time at the rate of the grant",
              """
              select e.lease_id || ' slice ' || e.slice || ' ' || e.kind
              from budget_entry e join lease l on l.id = e.lease_id
              where e.kind <> 'VOID'
                and e.money <> ceil(e.amount::numeric * l.rate_micros / 3600000)
              """),
          new Check(
              "a lease was granted at a rate that its pool never had",
              """
              select l.id::text from lease l
              where l.rate_micros <> 0 and not exists (
                select 1 from lease_slot ls join slot s on s.id = ls.slot_id
                join pool_rate r on r.pool = s.pool
                where ls.lease_id = l.id and r.micros_per_hour = l.rate_micros)
              """),
          new Check(
              "what a lease holds or has settled is not what the ledger says",
              """
              select l.id::text
              from lease l join budget_account a on a.job_id = l.job_id
              where l.state = 'LIVE' and (
                l.held_millis is distinct from (
                  select e.amount from budget_entry e
                  where e.account_id = a.id and e.lease_id = l.id and e.slice = l.slice and e.kind = 'HOLD')
                or l.settled_millis <> (
                  select coalesce(sum(e.amount), 0) from budget_entry e
                  where e.account_id = a.id and e.lease_id = l.id and e.kind = 'SETTLE'))
              """),
          new Check(
              "a live lease has no open hold, or an ended one has",
              """
              select l.id::text
              from lease l
              join budget_account a on a.job_id = l.job_id
              where (l.state = 'LIVE') <> exists (
                select 1 from budget_entry h
                where h.account_id = a.id and h.lease_id = l.id and h.slice = l.slice and h.kind = 'HOLD'
                  and not exists (
                    select 1 from budget_entry r
                    where r.account_id = h.account_id and r.lease_id = h.lease_id and r.slice = h.slice
                      and r.kind in ('SETTLE', 'VOID')))
              """),
          new Check(
              "a hold is not resolved exactly once",
              """
              select h.lease_id || ' slice ' || h.slice
              from budget_entry h
              join lease l on l.id = h.lease_id
              left join budget_entry r
                on r.account_id = h.account_id and r.lease_id = h.lease_id and r.slice = h.slice
                  and r.kind in ('SETTLE', 'VOID')
              where h.kind = 'HOLD' and (l.state <> 'LIVE' or h.slice < l.slice)
              group by h.id, h.lease_id, h.slice, h.amount
              having coalesce(sum(r.amount), 0) <> h.amount
                  or coalesce(sum(r.money), 0) <> min(h.money)
              """),
          new Check(
              "a lease is billed for longer than it lasted",
              """
              select l.id::text
              from lease l
              join budget_account a on a.job_id = l.job_id
              join budget_entry e
                on e.account_id = a.id and e.lease_id = l.id and e.kind in ('SETTLE', 'REFUND')
              group by l.id, l.ended_at, l.granted_at
              having sum(case e.kind when 'SETTLE' then e.amount else -e.amount end) > (select count(*) from lease_slot s where s.lease_id = l.id) * (1 +
                extract(epoch from coalesce(l.ended_at, clock_timestamp()) - l.granted_at) * 1000)
              """),
          new Check(
              "two leases of a job are billed for the same time",
              """
              select lease
              from (
                select l.id::text as lease, l.granted_at,
                       lag(l.granted_at + e.billed * interval '1 millisecond')
                         over (partition by l.job_id order by l.granted_at, l.epoch) as before
                from lease l
                cross join lateral (
                  select coalesce(sum(case s.kind when 'SETTLE' then s.amount else -s.amount end), 0)
                           / (select count(*) from lease_slot x where x.lease_id = l.id) as billed
                  from budget_entry s join budget_account a on a.id = s.account_id
                  where s.lease_id = l.id and s.kind in ('SETTLE', 'REFUND') and a.job_id is not null
                ) e
              ) billed
              where before > granted_at + interval '1 millisecond'
              """),
          new Check(
              "a slot is live although its lease is not, or the reverse",
              """
              select s.lease_id::text from lease_slot s join lease l on l.id = s.lease_id
              where s.live <> (l.state = 'LIVE')
              """),
          new Check(
              "a slot is in two live leases",
              """
              select slot_id::text from lease_slot where live group by slot_id having count(*) > 1
              """),
          new Check(
              "a task's last epoch is not that of its last lease",
              """
              select t.id::text from task t left join lease l on l.task_id = t.id
              group by t.id, t.epoch having t.epoch <> coalesce(max(l.epoch), 0)
              """),
          new Check(
              "an epoch did not rise",
              """
              select id::text
              from (select id, epoch, lag(epoch) over (partition by task_id order by granted_at, epoch)
                      as before
                    from lease) l
              where epoch <= before
              """),
          new Check(
              "a task is leased without a live lease, or has one although it is not",
              """
              select t.id::text from task t left join lease l on l.task_id = t.id and l.state = 'LIVE'
              where (t.state = 'LEASED' and l.id is null)
                 or (t.state not in ('LEASED', 'CANCELLED') and l.id is not null)
              """),
          new Check(
              "a job rests although its task runs",
              """
              select j.id::text from job j join lease l on l.job_id = j.id and l.state = 'LIVE'
              where j.state = 'PAUSED'
              """),
          new Check(
              "a job that has ended still has a task to do",
              """
              select j.id::text from job j join task t on t.job_id = j.id
              where j.state in ('SUCCEEDED', 'FAILED', 'CANCELLED') and t.state in ('WAITING', 'LEASED')
              """),
          new Check(
              "a job that has not ended has nothing to do",
              """
              select j.id::text from job j
              where j.state not in ('DRAFT', 'SUCCEEDED', 'FAILED', 'CANCELLED')
                and 1 <> (select count(*) from task t
                          where t.job_id = j.id and t.state in ('WAITING', 'LEASED'))
              """),
          new Check(
              "a job's state is not the last of its timeline",
              """
              select j.id::text from job j
              where j.state is distinct from (
                select t.to_state from job_transition t where t.job_id = j.id order by t.id desc limit 1)
              """),
          new Check(
              "a lease is of another job than its task",
              """
              select l.id::text from lease l join task t on t.id = l.task_id where l.job_id <> t.job_id
              """),
          new Check(
              "a timeline has a gap",
              """
              select job_id::text
              from (select job_id, from_state,
                           lag(to_state) over (partition by job_id order by id) as before
                    from job_transition) t
              where from_state is distinct from before
              """),
          new Check(
              "a training that goes on has lost its checkpoints",
              """
              select t.id::text from task t
              where t.state in ('WAITING', 'LEASED') and t.saved_at is not null
                and not exists (select from checkpoint c where c.task_id = t.id)
              """),
          new Check(
              "a listed file is not in the store",
              """
              select f.value -> 'blob' ->> 'sha256'
              from (select files from checkpoint union all select files from artifact) listed,
                   jsonb_array_elements(listed.files) f
              where not exists (
                select 1 from blob b where b.sha256 = f.value -> 'blob' ->> 'sha256')
              """));

  /**
   * What nobody looks after any more. True of a platform that runs; while it is down, or a fault
   * lasts, it may well be violated.
   */
  static final List<Check> ALIVE =
      List.of(
          new Check(
              "a lease was not heard of, and nobody has taken it back",
              """
              select id::text from lease
              where state = 'LIVE' and renewed_at < now() - :patience * interval '1 millisecond'
              """),
          new Check(
              "the head of a queue waits, and nobody has said why",
              """
              select t.id::text from task t join job j on j.id = t.job_id
              where t.state = 'WAITING' and t.waiting_reason is null
                and j.pause_reason is distinct from 'USER'
                and not exists (
                  select from task o join job p on p.id = o.job_id
                  where o.state = 'WAITING' and p.pause_reason is distinct from 'USER'
                    and (o.team_id, o.shape, o.priority, o.owner_id)
                        = (t.team_id, t.shape, t.priority, t.owner_id)
                    and (o.place, o.id) < (t.place, t.id))
                and greatest(t.queued_at, (select max(l.ended_at) from lease l where l.task_id = t.id))
                    < now() - :patience * interval '1 millisecond'
              """),
          new Check(
              "a period of a budget has ended, and nobody has begun the next",
              """
              select team_id::text from budget_period
              where ends_at < now() - :patience * interval '1 millisecond'
              """));
}
