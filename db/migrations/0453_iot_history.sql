-- History (IOT-01): samples by day, quarters by month, days by year, so that what is no longer kept is dropped and not deleted; how long, by dated setting.

-- Partitions of the three tables are made and dropped through these two doors only: the application owns nothing. Days begin at midnight of Beijing.
create function iot.ensure_part(tab regclass, on_day date) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
declare
  rel text := (select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tab and n.nspname = 'iot' and c.relkind = 'p');
  span text := case rel when 'sample' then 'day' when 'rollup_quarter' then 'month' when 'rollup_day' then 'year' end;
  first date; part text;
begin
  if span is null then raise exception '% is not a table of measured values', tab; end if;
  if on_day < date '2000-01-01' or on_day > date '2100-01-01' then raise exception 'day % is out of range', on_day; end if;
  first := date_trunc(span, on_day::timestamp)::date;
  part := rel || '_' || to_char(first, case span when 'day' then 'YYYYMMDD' when 'month' then 'YYYYMM' else 'YYYY' end);
  if to_regclass(format('iot.%I', part)) is not null then return false; end if;
  perform pg_advisory_xact_lock(727003);
  if to_regclass(format('iot.%I', part)) is not null then return false; end if;
  execute format('create table iot.%I partition of %s for values from (%L) to (%L)', part, tab, first || ' 00:00:00+08', (first + ('1 ' || span)::interval)::date || ' 00:00:00+08');
  return true;
end $$;
revoke all on function iot.ensure_part from public;
grant execute on function iot.ensure_part to heyuan_app;
comment on function iot.ensure_part is '建立某天所在的分区(采集值按日、一刻钟按月、天按年),已有则不变';

-- A reader that holds a partition is waited for two seconds; then the clock comes again.
create function iot.drop_parts(tab regclass, before_on date) returns text[] language plpgsql security definer set search_path = pg_catalog set lock_timeout = '2s' as $$
declare
  rel text := (select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tab and n.nspname = 'iot' and c.relkind = 'p' and c.relname in ('sample', 'rollup_quarter', 'rollup_day'));
  part text; mark text; first date; gone text[] := '{}';
begin
  if rel is null then raise exception '% is not a table of measured values', tab; end if;
  if before_on > current_date - 7 then raise exception 'the last seven days are not dropped'; end if;
  for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = tab order by 1 loop
    mark := substr(part, length(rel) + 2);
    first := case length(mark) when 8 then to_date(mark, 'YYYYMMDD') when 6 then to_date(mark, 'YYYYMM') else to_date(mark || '0101', 'YYYYMMDD') end;
    if (first + case length(mark) when 8 then interval '1 day' when 6 then interval '1 month' else interval '1 year' end)::date <= before_on then
      execute format('drop table iot.%I', part);
      gone := gone || part;
    end if;
  end loop;
  return gone;
end $$;
revoke all on function iot.drop_parts from public;
grant execute on function iot.drop_parts to heyuan_app;
comment on function iot.drop_parts is '删去某天之前的分区,最近七天不可删';

-- All companies are moved at once: no policy may hide a row from the owner here, so the new tables are isolated when they are filled.
alter table iot.sample rename to sample_before;
alter table iot.sample_before disable row level security;
alter table iot.sample_before no force row level security;
alter table iot.rollup disable row level security;
alter table iot.rollup no force row level security;
create table iot.sample (
  company_id bigint not null,
  device_id uuid not null,
  point text not null,
  at timestamptz not null,
  v numeric not null,
  q text not null,
  why text,
  src text not null,
  received_at timestamptz not null,
  constraint sample_key primary key (company_id, device_id, point, at),
  constraint sample_quality check (q in ('good','uncertain','bad','substituted')),
  constraint sample_source check (src in ('live','replay','manual'))
) partition by range (at);
comment on table iot.sample is '采集值:每设备、点位、时刻一条,重复上报只存一次;按日分区';
comment on column iot.sample.company_id is '公司';
comment on column iot.sample.device_id is '设备';
comment on column iot.sample.point is '点位';
comment on column iot.sample.at is '发生时间';
comment on column iot.sample.v is '值';
comment on column iot.sample.q is '质量:good 正常,uncertain 存疑,bad 无效,substituted 替代';
comment on column iot.sample.why is '存疑或无效的原因';
comment on column iot.sample.src is '来源:live 实时,replay 补传,manual 人工';
comment on column iot.sample.received_at is '收到时间';
select iot.ensure_part('iot.sample', d) from (select distinct (at at time zone 'Asia/Shanghai')::date as d from iot.sample_before) x;
insert into iot.sample (company_id, device_id, point, at, v, q, why, src, received_at) select company_id, device_id, point, at, v, q, why, src, received_at from iot.sample_before order by at;
drop table iot.sample_before;
-- Delete: of a company that keeps its values for a shorter time than another of the installation.
select kernel.isolate('iot.sample', 'select, insert, delete');

create table iot.rollup_quarter (
  company_id bigint not null,
  device_id uuid not null,
  point text not null,
  from_at timestamptz not null,
  n_count int not null,
  low numeric not null,
  high numeric not null,
  total numeric not null,
  first_v numeric not null,
  last_v numeric not null,
  primary key (company_id, device_id, point, from_at)
) partition by range (from_at);
comment on table iot.rollup_quarter is '汇总:每设备、点位的一刻钟;按月分区';
comment on column iot.rollup_quarter.company_id is '公司';
comment on column iot.rollup_quarter.device_id is '设备';
comment on column iot.rollup_quarter.point is '点位';
comment on column iot.rollup_quarter.from_at is '起';
comment on column iot.rollup_quarter.n_count is '条数';
comment on column iot.rollup_quarter.low is '最小';
comment on column iot.rollup_quarter.high is '最大';
comment on column iot.rollup_quarter.total is '合计,除以条数为平均';
comment on column iot.rollup_quarter.first_v is '第一个值';
comment on column iot.rollup_quarter.last_v is '最后一个值';

create table iot.rollup_day (
  company_id bigint not null,
  device_id uuid not null,
  point text not null,
  from_at timestamptz not null,
  n_count int not null,
  low numeric not null,
  high numeric not null,
  total numeric not null,
  first_v numeric not null,
  last_v numeric not null,
  primary key (company_id, device_id, point, from_at)
) partition by range (from_at);
comment on table iot.rollup_day is '汇总:每设备、点位的一天;按年分区';
comment on column iot.rollup_day.company_id is '公司';
comment on column iot.rollup_day.device_id is '设备';
comment on column iot.rollup_day.point is '点位';
comment on column iot.rollup_day.from_at is '起';
comment on column iot.rollup_day.n_count is '条数';
comment on column iot.rollup_day.low is '最小';
comment on column iot.rollup_day.high is '最大';
comment on column iot.rollup_day.total is '合计,除以条数为平均';
comment on column iot.rollup_day.first_v is '第一个值';
comment on column iot.rollup_day.last_v is '最后一个值';

select iot.ensure_part('iot.rollup_quarter', d) from (select distinct date_trunc('month', from_at at time zone 'Asia/Shanghai')::date as d from iot.rollup) x;
select iot.ensure_part('iot.rollup_day', d) from (select distinct date_trunc('year', from_at at time zone 'Asia/Shanghai')::date as d from iot.rollup) x;
insert into iot.rollup_quarter (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v) select company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v from iot.rollup where span = 'quarter';
insert into iot.rollup_day (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v) select company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v from iot.rollup where span = 'day';
drop table iot.rollup;
select kernel.isolate('iot.rollup_quarter', 'select, insert, update, delete');
select kernel.isolate('iot.rollup_day', 'select, insert, update, delete');

create table iot.retention (
  company_id bigint not null,
  from_on date not null,
  raw_days int not null check (raw_days between 14 and 1100),
  quarter_months int not null check (quarter_months between 2 and 120),
  day_years int not null check (day_years between 2 and 30),
  made_by uuid,
  made_by_name text not null,
  made_at timestamptz not null,
  primary key (company_id, from_on)
);
select kernel.isolate('iot.retention', 'select, insert, update');
comment on table iot.retention is '采集数据保留期限,按生效日分版本';
comment on column iot.retention.company_id is '公司';
comment on column iot.retention.from_on is '生效日';
comment on column iot.retention.raw_days is '原始值保留天数';
comment on column iot.retention.quarter_months is '一刻钟汇总保留月数';
comment on column iot.retention.day_years is '每天汇总保留年数';
comment on column iot.retention.made_by is '制定人';
comment on column iot.retention.made_by_name is '制定人姓名';
comment on column iot.retention.made_at is '制定时间';
