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
              left join budget_entry e on e.account_id = a.id
              group by a.id
              having a.funded <> coalesce(sum(e.amount) filter (where e.debit = 'SOURCE'), 0)
                  or a.held <> coalesce(sum(e.amount) filter (where e.credit = 'HELD'), 0)
                             - coalesce(sum(e.amount) filter (where e.debit = 'HELD'), 0)
                  or a.spent <> coalesce(sum(e.amount) filter (where e.credit = 'SPENT'), 0)
              """),
          new Check(
              "an entry does not leave and enter the buckets of its kind",
              """
              select id::text from budget_entry
              where (kind, debit, credit) not in (
                ('CREDIT', 'SOURCE', 'FREE'), ('HOLD', 'FREE', 'HELD'),
                ('SETTLE', 'HELD', 'SPENT'), ('VOID', 'HELD', 'FREE'))
              """),
          new Check(
              "an account was overdrawn at some moment",
              """
              select distinct p.account_id::text
              from (
                select account_id,
                       sum(case kind when 'CREDIT' then amount when 'HOLD' then -amount
                                     when 'VOID' then amount else 0 end)
                         over (partition by account_id order by id) as free
                from budget_entry
              ) p join budget_account a on a.id = p.account_id
              where p.free + a.overdraft < 0
              """),
          new Check(
              "team and cap disagree on an entry of a lease",
              """
              select lease_id || ' slice ' || slice || ' ' || kind
              from budget_entry where lease_id is not null
              group by lease_id, slice, kind
              having count(*) <> 2 or min(amount) <> max(amount)
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
              """),
          new Check(
              "a lease is billed for longer than it lasted",
              """
              select l.id::text
              from lease l
              join budget_account a on a.job_id = l.job_id
              join budget_entry e on e.account_id = a.id and e.lease_id = l.id and e.kind = 'SETTLE'
              group by l.id, l.ended_at, l.granted_at
              having sum(e.amount) > (select count(*) from lease_slot s where s.lease_id = l.id) * (1 +
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
                  select coalesce(sum(s.amount), 0)
                           / (select count(*) from lease_slot x where x.lease_id = l.id) as billed
                  from budget_entry s join budget_account a on a.id = s.account_id
                  where s.lease_id = l.id and s.kind = 'SETTLE' and a.job_id is not null
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
              "a listed file is not in the store",
              """
              select f.value -> 'blob' ->> 'sha256'
              from (select files from checkpoint union all select files from artifact) listed,
                   jsonb_array_elements(listed.files) f
              where not exists (
                select 1 from blob b where b.sha256 = f.value -> 'blob' ->> 'sha256')
              """));
}
