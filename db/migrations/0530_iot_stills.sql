-- Pictures of the moment as an act of a rule (IOT-06); what a rule did stands with the alarm that it raised; one function makes the partitions of all modules.

alter table iot.rule_fire add column alarm_id uuid;
comment on column iot.rule_fire.alarm_id is '它发出或再次发出的报警,没有报警动作为空';
create index rule_fire_alarm on iot.rule_fire (company_id, alarm_id) where alarm_id is not null;
alter table iot.rule_act drop constraint rule_act_kind_check;
alter table iot.rule_act add constraint rule_act_kind_check check (kind in ('alarm','command','scene','order','notify','doors','still','clip','webhook'));
comment on column iot.rule_act.kind is '动作:alarm 报警,command 命令,scene 场景,order 工单,notify 通知,doors 门组,still 现场快照,clip 录像片段,webhook 推送';

alter table video.clip drop constraint clip_kind_check;
alter table video.clip add constraint clip_kind_check check (kind in ('clip','picture','still'));
comment on column video.clip.kind is 'clip 片段,picture 浏览器里的截图,still 现场快照(摄像机送来的一幅关键画面)';
alter table video.clip add column alarm_id uuid;
comment on column video.clip.alarm_id is '它属于哪条报警';
alter table video.clip disable row level security;
alter table video.clip no force row level security;
update video.clip set alarm_id = source_id where why = 'alarm';
alter table video.clip enable row level security;
alter table video.clip force row level security;
create index clip_alarm on video.clip (company_id, alarm_id) where alarm_id is not null;
-- Of one firing a camera keeps a clip and a picture.
drop index video.clip_source;
create unique index clip_source on video.clip (company_id, camera_id, source_id, kind) where source_id is not null;

-- Partitions by day, month or year, of a date or an instant (days begin at midnight of Beijing). A lock a table: a long charge run holds up no measured value.
create function kernel.ensure_part(tab regclass, on_day date, span text) returns boolean language plpgsql security definer set search_path = pg_catalog as $$
declare
  sch text; rel text; part text; first date; mark text;
begin
  select n.nspname, c.relname into sch, rel from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tab and c.relkind = 'p';
  if rel is null then raise exception '% is not a partitioned table', tab; end if;
  if span is null or span not in ('day', 'month', 'year') then raise exception 'span % is not known', span; end if;
  if on_day < date '2000-01-01' or on_day > date '2100-01-01' then raise exception '% is out of range', on_day; end if;
  first := date_trunc(span, on_day::timestamp)::date;
  part := rel || '_' || to_char(first, case span when 'day' then 'YYYYMMDD' when 'month' then 'YYYYMM' else 'YYYY' end);
  if to_regclass(format('%I.%I', sch, part)) is not null then return false; end if;
  perform pg_advisory_xact_lock(727002, (tab::oid::bigint % 2147483647)::int);
  if to_regclass(format('%I.%I', sch, part)) is not null then return false; end if;
  mark := case when exists (select from pg_partitioned_table p join pg_attribute a on a.attrelid = tab and a.attnum = p.partattrs[0] where p.partrelid = tab and a.atttypid = 'timestamptz'::regtype) then ' 00:00:00+08' else '' end;
  execute format('create table %I.%I partition of %s for values from (%L) to (%L)', sch, part, tab, first || mark, (first + ('1 ' || span)::interval)::date || mark);
  return true;
end $$;
revoke all on function kernel.ensure_part from public;
grant execute on function kernel.ensure_part to heyuan_app;
comment on function kernel.ensure_part is '建立某天所在的分区(按日、月或年),已有则不变';
create or replace function kernel.ensure_month(tab regclass, month_on date) returns boolean language sql security definer set search_path = pg_catalog as $$
  select kernel.ensure_part(tab, month_on, 'month')
$$;
drop function iot.ensure_part(regclass, date);
