-- Alarms of doors join the one alarm machinery (iot.alarm: who is on duty, escalation, disposal); doors keep none of their own. Records of a port that is no door yet are
-- kept apart until somebody registers it, instead of falling away. Two persons that were one: what hangs at a holder moves, so passages may be changed in that.
-- The owner of the tables may be a plain role: forced row security would hide every row from these statements.
alter table doors.alarm no force row level security;
alter table doors.door no force row level security;
alter table iot.alarm no force row level security;
insert into iot.alarm (company_id, alarm_id, community_id, building_id, source, kind, title, level, facts, raised_at, last_at, times_count, cleared_at, acked_at, acked_by_name, disposed_at, disposed_by_name, disposal)
  select a.company_id, a.alarm_id, a.community_id, d.building_id, 'door:' || a.door_id, 'door_' || a.kind, d.name || case a.kind when 'forced' then '被强行打开' else '开着超时未关' end, 'major', '{}', a.raised_at, a.raised_at, 1, a.over_at, a.handled_at, a.handled_by, a.handled_at, a.handled_by, a.note
  from doors.alarm a join doors.door d on d.company_id = a.company_id and d.door_id = a.door_id;
alter table iot.alarm force row level security;
alter table doors.door force row level security;
drop table doors.alarm;

alter table doors.passage drop constraint passage_what_check;
alter table doors.passage add constraint passage_what_check check (what in ('open','refused','forced','held','closed','tamper','mended'));
comment on column doors.passage.what is '事件:open 开门,refused 拒绝,forced 强行开门,held 开门超时,closed 超时后关门,tamper 防拆报警,mended 防拆恢复';
grant update (holder_id) on doors.passage to heyuan_app;

create table doors.stray (
  company_id bigint not null,
  stray_id uuid not null,
  community_id uuid not null,
  controller_id uuid not null,
  series text not null,
  seq bigint not null,
  port_no int not null,
  what text not null,
  way text,
  why text,
  holder_id uuid,
  card_id uuid,
  visit_id uuid,
  card_tail text,
  at timestamptz not null,
  received_at timestamptz not null,
  replay boolean not null,
  primary key (company_id, stray_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, controller_id) references doors.controller (company_id, controller_id)
);
create unique index stray_once on doors.stray (company_id, controller_id, series, seq);
create index stray_port on doors.stray (company_id, controller_id, port_no, at desc);
create index stray_place on doors.stray (company_id, community_id);
create index stray_old on doors.stray (company_id, at);
select kernel.isolate('doors.stray', 'select, insert, delete');
comment on table doors.stray is '未归门的通行记录:控制器上报了没有登记的一路;登记后归入通行记录,过保存期删除';
comment on column doors.stray.company_id is '公司';
comment on column doors.stray.stray_id is '编号';
comment on column doors.stray.community_id is '小区';
comment on column doors.stray.controller_id is '控制器';
comment on column doors.stray.series is '控制器的记录系列';
comment on column doors.stray.seq is '控制器的记录序号';
comment on column doors.stray.port_no is '控制器上的第几路';
comment on column doors.stray.what is '事件';
comment on column doors.stray.way is '方式';
comment on column doors.stray.why is '拒绝原因';
comment on column doors.stray.holder_id is '持有人';
comment on column doors.stray.card_id is '卡';
comment on column doors.stray.visit_id is '访客';
comment on column doors.stray.card_tail is '卡号末四位';
comment on column doors.stray.at is '时间(按时钟差改正)';
comment on column doors.stray.received_at is '收到时间';
comment on column doors.stray.replay is '断网后补传';

alter table doors.policy add column offline_alarm_min int not null default 10;
alter table doors.policy add constraint policy_offline_alarm_min_check check (offline_alarm_min between 2 and 1440);
comment on column doors.policy.offline_alarm_min is '控制器离线多少分钟报警';

create table doors.watch (
  company_id bigint not null,
  seen_at timestamptz not null,
  since_at timestamptz not null,
  primary key (company_id)
);
select kernel.isolate('doors.watch', 'select, insert, update');
comment on table doors.watch is '离线巡看:平台停机期间不算控制器离线';
comment on column doors.watch.company_id is '公司';
comment on column doors.watch.seen_at is '最近一次巡看';
comment on column doors.watch.since_at is '从何时起连续巡看';
