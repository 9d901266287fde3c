-- Targets of indicators (BI-02): by month, for the whole company or one community; a change is a new row, the old ones stay.
create schema analytics;
grant usage on schema analytics to heyuan_app;
comment on schema analytics is '统计分析:指标目标';

create table analytics.target (
  company_id bigint not null,
  target_id uuid not null,
  code text not null,
  community_id uuid,
  from_on date not null check (extract(day from from_on) = 1),
  goal bigint check (goal >= 0),
  warn bigint check (warn >= 0),
  reason text not null,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (company_id, target_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create index target_of on analytics.target (company_id, code, from_on desc, made_at desc);
create index target_community on analytics.target (company_id, community_id);
select kernel.isolate('analytics.target', 'select, insert');
comment on table analytics.target is '指标目标';
comment on column analytics.target.company_id is '公司';
comment on column analytics.target.target_id is '编号';
comment on column analytics.target.code is '指标';
comment on column analytics.target.community_id is '小区;空为全公司';
comment on column analytics.target.from_on is '自哪月起(当月 1 日)';
comment on column analytics.target.goal is '目标:率为万分数,金额为分;空为不设';
comment on column analytics.target.warn is '预警线,单位同目标;空为不设';
comment on column analytics.target.reason is '原因';
comment on column analytics.target.made_by is '设定人账号';
comment on column analytics.target.made_at is '设定时间';
