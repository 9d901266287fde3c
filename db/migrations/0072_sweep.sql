-- The nightly proof of the books: what was checked, when, and what was found.
create table closing.sweep_run (
  company_id bigint not null,
  sweep_id uuid not null,
  state text not null check (state in ('running','done')),
  started_by uuid,
  started_at timestamptz not null,
  ended_at timestamptz,
  check_count int not null default 0,
  broken_count int not null default 0,
  checks jsonb,
  primary key (company_id, sweep_id),
  check ((state = 'done') = (ended_at is not null))
);
create index sweep_run_list on closing.sweep_run (company_id, started_at desc);
select kernel.isolate('closing.sweep_run', 'select, insert, update');
comment on table closing.sweep_run is '账目核验:每夜一次,也可由人发起';
comment on column closing.sweep_run.company_id is '公司';
comment on column closing.sweep_run.sweep_id is '编号';
comment on column closing.sweep_run.state is '状态:running 核验中,done 已完成';
comment on column closing.sweep_run.started_by is '发起人,空为定时';
comment on column closing.sweep_run.started_at is '开始时间';
comment on column closing.sweep_run.ended_at is '结束时间';
comment on column closing.sweep_run.check_count is '核验项数';
comment on column closing.sweep_run.broken_count is '不符的项数';
comment on column closing.sweep_run.checks is '各项结果与例子';
