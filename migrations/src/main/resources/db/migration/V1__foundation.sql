-- The whole state of Espalier. Flyway runs this as the owner; two more roles exist before it:
--   ${app}      people's requests: sees only the teams in the transaction-local setting app.teams
--   ${planner}  scheduler and agent endpoint: sees every team, by policies of its own
-- Neither owns a table, so row-level security binds both. Times are the database's clock.
-- Amounts of budget are GPU-milliseconds, and millionths of the unit of money.

-- The teams that the current transaction may see; none unless it said so.
create function visible_teams() returns uuid[] language sql stable parallel safe as $$
  select coalesce(string_to_array(nullif(current_setting('app.teams', true), ''), ',')::uuid[], '{}')
$$;

-- ── People ───────────────────────────────────────────────────────────────────────────────────────

create table app_user (
  id                  uuid primary key default gen_random_uuid(),
  login               text not null check (login = lower(login) and length(login) between 1 and 100),
  display_name        text not null,
  password_hash       text not null,
  password_is_initial boolean not null default false, -- an admin has seen it: to be replaced
  platform_admin      boolean not null default false,
  disabled            boolean not null default false,
  password_changed_at timestamptz not null default now(),
  created_at          timestamptz not null default now(),
  unique (login)
);

create table team (
  id         uuid primary key default gen_random_uuid(),
  name       text not null unique check (length(name) between 1 and 100),
  weight     integer not null default 1 check (weight > 0),
  created_at timestamptz not null default now()
);

create table member (
  team_id uuid not null references team,
  user_id uuid not null references app_user,
  role    text not null check (role in ('OWNER', 'MEMBER', 'VIEWER')),
  primary key (team_id, user_id)
);
-- Every call asks for the teams of its user.
create index member_by_user on member (user_id);

-- The secret itself is never stored. A token speaks for its user, in all teams of that user.
create table api_token (
  id           text primary key,
  user_id      uuid not null references app_user,
  name         text not null,
  secret_hash  bytea not null,
  expires_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  created_at   timestamptz not null default now()
);

-- One row: the code that creates the first admin, once.
create table setup_code (
  only_row   boolean primary key default true check (only_row),
  code_hash  bytea not null,
  created_at timestamptz not null default now(),
  used_at    timestamptz
);

-- ── Contents ─────────────────────────────────────────────────────────────────────────────────────

-- A content in the artifact store, listed only once it is durable. Its hash is its only name.
create table blob (
  sha256     text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes      bigint not null check (bytes >= 0),
  wanted_at  timestamptz not null default now()  -- when it was sent last, or asked for to be listed
);

-- team_id null: offered to every team by the platform.
create table base_model (
  id         uuid primary key default gen_random_uuid(),
  team_id    uuid references team,
  name       text not null,
  family     text not null,
  parameters bigint not null check (parameters > 0),
  config     jsonb not null,
  facts      jsonb not null,                     -- what the choice of a protocol needs: ModelFacts
  card       text not null,
  notes      jsonb not null default '[]',        -- what the check at its import found worth saying
  created_at timestamptz not null default now(),
  unique nulls not distinct (team_id, name)
);

create table base_model_file (
  model_id uuid not null references base_model,
  name     text not null,
  sha256   text not null references blob,
  primary key (model_id, name)
);

create table dataset (
  id         uuid primary key default gen_random_uuid(),
  team_id    uuid not null references team,
  name       text not null check (length(name) between 1 and 200),
  created_by uuid not null references app_user,
  created_at timestamptz not null default now(),
  unique (team_id, name),
  unique (team_id, id)
);

create table dataset_version (
  id                 uuid primary key default gen_random_uuid(),
  team_id            uuid not null references team,
  dataset_id         uuid not null,
  number             integer not null check (number > 0),
  sha256             text not null references blob,
  layout             jsonb not null,             -- how samples are found in the file: DataLayout
  report             jsonb not null,
  train_samples      integer not null check (train_samples > 0),
  validation_samples integer not null check (validation_samples >= 0),
  test_samples       integer not null check (test_samples >= 0),
  created_by         uuid not null references app_user,
  created_at         timestamptz not null default now(),
  unique (dataset_id, number),
  unique (dataset_id, sha256, layout),
  unique (team_id, id),
  foreign key (team_id, dataset_id) references dataset (team_id, id)
);

-- ── Cluster ──────────────────────────────────────────────────────────────────────────────────────

create table join_token (
  id         uuid primary key default gen_random_uuid(),
  token_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz
);

create table agent (
  id                    uuid primary key default gen_random_uuid(),
  name                  text not null unique,
  credential_hash       bytea not null,
  credential_expires_at timestamptz not null,
  facts                 jsonb,
  draining              boolean not null default false,
  labels                text[] not null default '{}',
  desired_version       bigint not null default 0,
  hello_number          bigint not null default 0,  -- of its last hello; earlier ones come too late
  enrolled_at           timestamptz not null default now(),
  last_seen_at          timestamptz
);

create table pool (
  name       text primary key,
  created_at timestamptz not null default now()
);

-- What a slot of a pool costs, version by version. Append-only: a lease keeps the rate of its grant.
create table pool_rate (
  pool            text not null references pool (name),
  version         integer not null check (version > 0),
  micros_per_hour bigint not null check (micros_per_hour >= 0), -- money for one GPU-hour
  set_by          text not null,
  reason          text not null,
  valid_from      timestamptz not null default clock_timestamp(),
  primary key (pool, version)
);

-- What a team may have of a pool, in slots. Without a row: the team's weight, and no limits.
create table team_quota (
  team_id   uuid not null references team,
  pool      text not null references pool (name),
  weight    integer not null check (weight > 0),
  guarantee integer not null default 0 check (guarantee >= 0),
  ceiling   integer check (ceiling >= guarantee), -- null: none
  primary key (team_id, pool)
);

-- Hosts rest: those of an agent, of a pool, or all.
create table maintenance (
  id        uuid primary key default gen_random_uuid(),
  starts_at timestamptz not null,
  ends_at   timestamptz not null check (ends_at > starts_at),
  agent_id  uuid references agent,
  pool      text references pool (name),
  reason    text not null,
  check (agent_id is null or pool is null)
);
create index maintenance_by_end on maintenance (ends_at);

create table slot (
  id                uuid primary key default gen_random_uuid(),
  agent_id          uuid not null references agent,
  index             integer not null check (index >= 0),
  pool              text not null references pool (name),
  memory_bytes      bigint not null check (memory_bytes > 0),
  device            text,
  kind              text not null default 'WHOLE' check (kind in ('WHOLE', 'MIG_SLICE', 'MEMORY_SHARE')),
  present           boolean not null default true, -- in the host's last report
  enabled           boolean not null default true, -- by an admin
  quarantined_at    timestamptz,                   -- since a hardware error, until an admin lifts it
  quarantine_reason text,
  unique (agent_id, index),
  check ((quarantined_at is null) = (quarantine_reason is null))
);
-- Whether any host offers a pool is asked for every submission.
create index slot_by_pool on slot (pool) where present;

-- ── Work ─────────────────────────────────────────────────────────────────────────────────────────

create table job (
  id                 uuid primary key default gen_random_uuid(),
  team_id            uuid not null references team,
  name               text not null check (length(name) between 1 and 200),
  owner_id           uuid not null references app_user,
  base_model_id      uuid not null references base_model,
  dataset_version_id uuid not null,
  requested_protocol text,                       -- null: Espalier chooses
  cap_millis         bigint not null check (cap_millis > 0),
  cap_money          bigint check (cap_money > 0), -- null: no limit but the team's
  seed               bigint not null,
  priority           text not null default 'NORMAL' check (priority in ('URGENT', 'NORMAL', 'SCAVENGER')),
  slots              integer not null default 1 check (slots > 0), -- a gang, if more than one
  labels             text[] not null default '{}', -- that its host must carry
  pool               text,                       -- where its first task must run; null for any
  not_before         timestamptz,
  start_window       jsonb,                      -- when its tasks may start
  deadline           timestamptz,                -- it is of no use after
  idempotency_key    text,
  request_hash       bytea not null,             -- a repeated key must repeat the request
  state              text not null,
  pause_reason       text,
  failure_reason     text,
  problem            jsonb,
  profile            jsonb,
  decision           jsonb,
  training           jsonb,
  result             jsonb,
  version            bigint not null default 0,
  submitted_at       timestamptz not null default now(),
  finished_at        timestamptz,
  thinned_at         timestamptz,                -- since its curves and log were thinned for keeping
  unique (team_id, id),
  unique (team_id, idempotency_key),
  foreign key (team_id, dataset_version_id) references dataset_version (team_id, id),
  check ((state = 'PAUSED') = (pause_reason is not null)),
  check ((state = 'FAILED') = (failure_reason is not null)),
  check ((state in ('SUCCEEDED', 'FAILED', 'CANCELLED')) = (finished_at is not null)),
  check (state in ('DRAFT', 'QUEUED', 'PROFILING', 'SEARCHING', 'TRAINING', 'EVALUATING', 'PAUSED',
                   'SUCCEEDED', 'FAILED', 'CANCELLED'))
);
-- A page of a list is read from where the one before it ended.
create index job_by_time on job (submitted_at desc, id desc);
create index job_by_team on job (team_id, submitted_at desc, id desc);
create index job_by_deadline on job (deadline)
  where deadline is not null and state not in ('SUCCEEDED', 'FAILED', 'CANCELLED');

-- Append-only: the timeline of a job.
create table job_transition (
  id         bigint generated always as identity primary key,
  team_id    uuid not null,
  job_id     uuid not null,
  from_state text,
  to_state   text not null,
  reason     text,
  at         timestamptz not null default clock_timestamp(),
  foreign key (team_id, job_id) references job (team_id, id)
);
create index job_transition_by_job on job_transition (job_id, id);

create table task (
  id             uuid primary key default gen_random_uuid(),
  team_id        uuid not null,
  job_id         uuid not null,
  kind           text not null check (kind in ('PROFILE', 'TRAIN', 'EVALUATE')),
  state          text not null check (state in ('WAITING', 'LEASED', 'DONE', 'FAILED', 'CANCELLED')),
  pool           text references pool (name),        -- where it must run; null for any
  need_millis    bigint not null check (need_millis >= 0), -- fundable before a start is worth it
  epoch          bigint not null default 0,          -- of the last grant
  losses         integer not null default 0,         -- leases lost in a row, no checkpoint between
  micro_batch    integer check (micro_batch > 0),    -- samples at once, where the whole batch is too many
  avoid_agent    uuid references agent,              -- its hardware failed this task
  progress       jsonb,
  timed_from     jsonb,                              -- the first progress of this lease and phase
  saved_at       timestamptz,                        -- when its last checkpoint was listed
  predicted_millis bigint check (predicted_millis >= 0), -- how long it will run; null if unknown
  preemptions    integer not null default 0,
  owner_id       uuid not null references app_user,  -- its place in the queue, from its job:
  priority       smallint not null,                  -- 0 urgent, 1 normal, 2 scavenger
  slots          integer not null,
  labels         text[] not null,
  shape          text collate "C" not null,          -- pool, slots and labels: same shape, same places
  place          timestamptz not null,               -- when its job was submitted
  opens_at       timestamptz,                        -- not to be started before
  closes_at      timestamptz,                        -- of its start window; then the next is looked up
  waiting_reason text,                               -- the dominant one, by the last plan
  waiting_text   text,
  version        bigint not null default 0,
  queued_at      timestamptz not null default now(),
  ended_at       timestamptz,
  unique (job_id, kind),
  unique (team_id, id),
  foreign key (team_id, job_id) references job (team_id, id)
);
create index task_waiting on task (queued_at, id) where state = 'WAITING';
-- A queue is what one member of a team has waiting in one class and shape; the planner reads heads.
create index task_queue on task (team_id, shape, priority, owner_id, place, id) where state = 'WAITING';
create index task_shut on task (opens_at, id) where state = 'WAITING' and opens_at is not null;
create index task_window on task (closes_at, id) where state = 'WAITING' and closes_at is not null;
-- Tasks of jobs that have begun: only these can have a cap that is used up.
create index task_begun on task (id) where state = 'WAITING' and (kind <> 'PROFILE' or epoch > 0);

create function name_shape_of_task() returns trigger language plpgsql as $$
begin
  new.shape := coalesce(to_json(new.pool)::text, '*') || ' x' || new.slots || ' ' || to_json(new.labels)::text;
  return new;
end
$$;
create trigger name_shape before insert or update of pool, slots, labels on task
  for each row execute function name_shape_of_task();

-- What members have used of late, decayed: whoever has used less goes first.
create table member_usage (
  team_id    uuid not null references team,
  user_id    uuid not null references app_user,
  millis     double precision not null check (millis >= 0),
  at         timestamptz not null,
  primary key (team_id, user_id)
);

-- A training that is submitted again and again.
create table cron_schedule (
  id           uuid primary key default gen_random_uuid(),
  team_id      uuid not null references team,
  owner_id     uuid not null references app_user,
  name         text not null check (length(name) between 1 and 200),
  cron         text not null,
  zone         text not null,
  submission   jsonb not null,
  paused       boolean not null default false,
  next_fire_at timestamptz,                      -- null: never again
  version      bigint not null default 0,
  created_at   timestamptz not null default now(),
  unique (team_id, name),
  unique (team_id, id)
);
create index cron_schedule_due on cron_schedule (next_fire_at) where not paused;

-- Each fire time once, whatever became of it.
create table cron_fire (
  team_id     uuid not null,
  schedule_id uuid not null,
  fire_at     timestamptz not null,
  job_id      uuid,
  problem     jsonb,
  primary key (schedule_id, fire_at),
  foreign key (team_id, schedule_id) references cron_schedule (team_id, id) on delete cascade,
  foreign key (team_id, job_id) references job (team_id, id),
  check ((job_id is null) <> (problem is null))
);

create table lease (
  id               uuid primary key default gen_random_uuid(),
  team_id          uuid not null,
  job_id           uuid not null,
  task_id          uuid not null,
  agent_id         uuid not null references agent,
  epoch            bigint not null check (epoch > 0),
  state            text not null check (state in ('LIVE', 'RELEASED', 'EXPIRED')),
  wish             text not null default 'RUN' check (wish in ('RUN', 'YIELD', 'STOP')),
  yield_by         timestamptz,                  -- backfilled: its slots are promised from then on
  yield_reason     text,                         -- how the job pauses then; null: it goes on at once
  end_reason       text,
  spec             jsonb not null,               -- what its trainer was told, inputs by hash
  next_sequence    bigint not null default 0,    -- events before this one are stored
  slice            integer not null default 0,   -- number of the open hold
  slice_started_at timestamptz not null default now(),
  held_millis      bigint not null check (held_millis > 0),                 -- the open hold
  settled_millis   bigint not null default 0 check (settled_millis >= 0),   -- of the slices before it
  durable_millis   bigint not null default 0 check (durable_millis >= 0),   -- charged at the last checkpoint
  rate_micros      bigint not null default 0 check (rate_micros >= 0),      -- of its grant, per GPU-hour
  granted_at       timestamptz not null default now(),
  renewed_at       timestamptz not null default now(),
  ended_at         timestamptz,
  unique (task_id, epoch),
  unique (team_id, id),
  foreign key (team_id, job_id) references job (team_id, id),
  foreign key (team_id, task_id) references task (team_id, id),
  check ((state = 'LIVE') = (ended_at is null))
);
create unique index lease_one_live_per_task on lease (task_id) where state = 'LIVE';
create index lease_by_end on lease (ended_at);
create index lease_live_by_agent on lease (agent_id) where state = 'LIVE';

create table lease_slot (
  lease_id uuid not null references lease,
  slot_id  uuid not null references slot,
  live     boolean not null default true,
  primary key (lease_id, slot_id)
);
create unique index slot_in_one_live_lease on lease_slot (slot_id) where live;

-- Where a training can go on. Listed only when all its files are in the store.
create table checkpoint (
  id         bigint generated always as identity primary key,
  team_id    uuid not null,
  task_id    uuid not null,
  step       integer not null check (step >= 0),
  files      jsonb not null,                     -- [{"name": …, "blob": {"sha256": …, "bytes": …}}]
  created_at timestamptz not null default now(),
  unique (task_id, step),
  foreign key (team_id, task_id) references task (team_id, id)
);

-- Something to download: visible wholly or not at all.
create table artifact (
  id         uuid primary key default gen_random_uuid(),
  team_id    uuid not null,
  job_id     uuid not null,
  kind       text not null check (kind in ('WEIGHTS', 'MERGED_MODEL', 'ADAPTER')),
  files      jsonb not null,
  created_at timestamptz not null default now(),
  unique (job_id, kind),
  foreign key (team_id, job_id) references job (team_id, id)
);

create table metric (
  team_id uuid not null,
  job_id  uuid not null,
  name    text not null,
  step    integer not null,
  value   double precision not null,
  at      timestamptz not null,
  primary key (job_id, name, step),
  foreign key (team_id, job_id) references job (team_id, id)
);

create table log_line (
  id      bigint generated always as identity primary key,
  team_id uuid not null,
  job_id  uuid not null,
  task_id uuid not null,
  level   text not null,
  text    text not null,
  at      timestamptz not null,
  foreign key (team_id, job_id) references job (team_id, id)
);
create index log_line_by_job on log_line (job_id, id);

-- ── Budget ───────────────────────────────────────────────────────────────────────────────────────

-- A team's budget, or (job_id set) the cap of one job inside it. Every hold is posted to both.
create table budget_account (
  id              uuid primary key default gen_random_uuid(),
  team_id         uuid not null references team,
  job_id          uuid,
  funded          bigint not null default 0 check (funded >= 0),
  held            bigint not null default 0 check (held >= 0),
  spent           bigint not null default 0 check (spent >= 0),
  overdraft       bigint not null default 0 check (overdraft >= 0),
  money_funded    bigint default 0 check (money_funded >= 0), -- null: a job without a limit of its own
  money_held      bigint not null default 0 check (money_held >= 0),
  money_spent     bigint not null default 0 check (money_spent >= 0),
  money_overdraft bigint not null default 0 check (money_overdraft >= 0),
  version         bigint not null default 0,
  unique nulls not distinct (team_id, job_id),
  unique (team_id, id),
  foreign key (team_id, job_id) references job (team_id, id),
  check (job_id is not null or money_funded is not null),
  constraint never_overdrawn check (held + spent <= funded + overdraft),
  constraint money_never_overdrawn check (money_held + money_spent <= money_funded + money_overdraft)
);
create index budget_account_by_job on budget_account (job_id);

-- Double entry: GPU time and its money leave one bucket and enter another. Append-only; an account's
-- balances are the sums of its entries.
create table budget_entry (
  id          bigint generated always as identity primary key,
  team_id     uuid not null,
  account_id  uuid not null,
  kind        text not null,
  debit       text not null check (debit in ('SOURCE', 'FREE', 'HELD', 'SPENT')),
  credit      text not null check (credit in ('SOURCE', 'FREE', 'HELD', 'SPENT')),
  amount      bigint not null check (amount >= 0),
  money       bigint not null default 0 check (money >= 0),
  job_id      uuid,
  lease_id    uuid,
  slice       integer,
  transfer_id uuid,                              -- the same at both ends
  reason      text not null,
  request_key text,                              -- of a credit: a repeated request books it once
  at          timestamptz not null default clock_timestamp(),
  unique (account_id, lease_id, slice, kind),
  unique (account_id, request_key),
  unique (transfer_id, kind),
  foreign key (team_id, account_id) references budget_account (team_id, id),
  foreign key (team_id, lease_id) references lease (team_id, id),
  check (amount > 0 or money > 0),
  constraint way_of_kind check ((kind, debit, credit) in (
    ('CREDIT', 'SOURCE', 'FREE'), ('TRANSFER_IN', 'SOURCE', 'FREE'), ('TRANSFER_OUT', 'FREE', 'SOURCE'),
    ('EXPIRY', 'FREE', 'SOURCE'), ('OVERDRAFT', 'SOURCE', 'FREE'), ('OVERDRAFT_END', 'FREE', 'SOURCE'),
    ('HOLD', 'FREE', 'HELD'), ('SETTLE', 'HELD', 'SPENT'), ('VOID', 'HELD', 'FREE'),
    ('REFUND', 'SPENT', 'FREE'))),
  check ((kind in ('HOLD', 'SETTLE', 'VOID', 'REFUND'))
         = (lease_id is not null and slice is not null)),
  check (lease_id is null or job_id is not null),
  check ((kind in ('TRANSFER_IN', 'TRANSFER_OUT')) = (transfer_id is not null))
);
create index budget_entry_by_lease on budget_entry (lease_id, slice);

-- What a team is given again and again, and how much of what is left over it keeps.
create table budget_period (
  team_id          uuid primary key references team,
  every            text not null check (every in ('WEEK', 'MONTH', 'QUARTER', 'YEAR')),
  allowance_millis bigint not null check (allowance_millis >= 0),
  allowance_money  bigint not null check (allowance_money >= 0),
  carry_percent    integer not null check (carry_percent between 0 and 100),
  began_at         timestamptz not null,         -- the first one: ends are counted from here
  ends_at          timestamptz not null check (ends_at > began_at),
  version          bigint not null default 0
);
create index budget_period_by_end on budget_period (ends_at);

-- ── Audit ────────────────────────────────────────────────────────────────────────────────────────

-- Who did what to which. Append-only; written with the deed.
create table audit (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default clock_timestamp(),
  actor   text not null,
  team_id uuid,
  action  text not null,
  thing   text not null,
  detail  jsonb not null
);

-- Entries that the chain has not got to yet.
create table audit_unlinked (
  entry bigint primary key
);

-- The chain: each link hashes the text of its entry and the link before. It refers to entries
-- without a foreign key, so that it outlives whoever removes one.
create table audit_link (
  number   bigint primary key,
  entry    bigint not null unique,
  previous bytea not null,
  hash     bytea not null
);

-- ── Who may see what ─────────────────────────────────────────────────────────────────────────────

grant usage on schema ${flyway:defaultSchema} to ${app}, ${planner};

grant select, insert, update on app_user, team, api_token, setup_code, join_token, agent, slot to ${app};
grant select, insert, update, delete on member, team_quota, maintenance, cron_schedule to ${app};
grant select, insert on pool, pool_rate, blob, base_model, base_model_file, audit, audit_unlinked
  to ${app};
grant select on audit_link to ${app};
grant update (wanted_at) on blob to ${app}, ${planner};
grant select, insert on dataset, dataset_version to ${app};
grant select, insert, update on job, budget_account, task, lease to ${app};
grant select, insert, update, delete on budget_period to ${app};
grant select, insert on job_transition, budget_entry to ${app};
grant select, insert on cron_fire to ${app};
grant select on lease_slot, checkpoint, artifact, metric, log_line, member_usage to ${app};

grant select on all tables in schema ${flyway:defaultSchema} to ${planner};
grant insert, update on agent, slot, join_token, job, task, lease, lease_slot, budget_account,
  budget_period, metric to ${planner};
grant insert on pool, blob, job_transition, checkpoint, artifact, log_line, budget_entry, audit,
  audit_unlinked, audit_link to ${planner};
grant delete on audit_unlinked to ${planner};
grant update, delete on checkpoint to ${planner};
grant delete on metric, log_line, blob to ${planner};
grant insert, update, delete on member_usage to ${planner};
grant update on cron_schedule to ${planner};
revoke select on app_user, api_token, setup_code from ${planner};

do $$
declare
  scoped text;
begin
  foreach scoped in array array['dataset', 'dataset_version', 'job', 'job_transition', 'task', 'lease',
      'checkpoint', 'artifact', 'metric', 'log_line', 'budget_account', 'budget_entry',
      'budget_period', 'member_usage', 'team_quota', 'cron_schedule', 'cron_fire'] loop
    execute format('alter table %I enable row level security', scoped);
    execute format('create policy of_visible_teams on %I to ${app} '
        'using (team_id = any (visible_teams())) with check (team_id = any (visible_teams()))', scoped);
    execute format('create policy of_every_team on %I to ${planner} using (true) with check (true)', scoped);
  end loop;
end
$$;

alter table base_model enable row level security;
create policy shared_or_of_visible_teams on base_model to ${app}
  using (team_id is null or team_id = any (visible_teams()))
  with check (team_id is null or team_id = any (visible_teams()));
create policy of_every_team on base_model to ${planner} using (true);

-- A link carries no team of its own: it is visible when what it links is.
alter table base_model_file enable row level security;
create policy of_visible_models on base_model_file to ${app}
  using (exists (select 1 from base_model m where m.id = model_id))
  with check (exists (select 1 from base_model m where m.id = model_id));
create policy of_every_team on base_model_file to ${planner} using (true);

alter table lease_slot enable row level security;
create policy of_visible_leases on lease_slot to ${app}
  using (exists (select 1 from lease l where l.id = lease_id));
create policy of_every_team on lease_slot to ${planner} using (true) with check (true);
