-- Duty rooms (值班室, EQ-06): rooms with their shifts and the persons the law wants, the roster, handovers signed by both, and which plans of rounds are a room's hourly log.
create schema duty;
grant usage on schema duty to heyuan_app;
comment on schema duty is '值班室:排班、交接班、运行记录';
create table duty.room (
  company_id bigint not null,
  room_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  name text not null,
  kind text not null check (kind in ('fire_control','power','pump','monitor','gate','other')),
  place text not null default '',
  inventory jsonb not null,
  pattern jsonb,
  crew_id uuid not null,
  retired_at timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, room_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, crew_id) references rounds.crew (company_id, crew_id)
);
create index room_crew on duty.room (company_id, crew_id);
select kernel.isolate('duty.room', 'select, insert, update');
comment on table duty.room is '值班室';
comment on column duty.room.company_id is '公司';
comment on column duty.room.room_id is '编号';
comment on column duty.room.community_id is '小区';
comment on column duty.room.building_id is '楼栋';
comment on column duty.room.name is '名称';
comment on column duty.room.kind is '种类:fire_control 消防控制室,power 配电房,pump 水泵房,monitor 监控室,gate 门岗,other 其他';
comment on column duty.room.place is '位置';
comment on column duty.room.inventory is '交接时清点的钥匙、工具与器材';
comment on column duty.room.pattern is '最近一次按规律排班的规律';
comment on column duty.room.crew_id is '巡查班组:排过班的人,运行记录派给它';
comment on column duty.room.retired_at is '停用时间';
comment on column duty.room.changed_by is '修改人';
comment on column duty.room.changed_at is '修改时间';

create table duty.rule (
  company_id bigint not null,
  rule_id uuid not null,
  kind text not null,
  room_id uuid,
  from_on date not null,
  min_persons int not null check (min_persons between 1 and 20),
  min_certified int not null check (min_certified between 0 and 20),
  cert_kind_id uuid,
  max_hours int not null check (max_hours between 1 and 24),
  handover_minutes int not null check (handover_minutes between 5 and 240),
  source text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (company_id, rule_id),
  foreign key (company_id, room_id) references duty.room (company_id, room_id),
  foreign key (company_id, cert_kind_id) references equipment.cert_kind (company_id, kind_id),
  check (min_certified = 0 or cert_kind_id is not null),
  check (min_certified <= min_persons)
);
create index rule_of on duty.rule (company_id, kind, from_on desc);
create index rule_room on duty.rule (company_id, room_id);
create index rule_cert on duty.rule (company_id, cert_kind_id);
select kernel.isolate('duty.rule', 'select, insert');
comment on table duty.rule is '每班人数与持证的要求,按种类或按值班室,按日生效,只增';
comment on column duty.rule.company_id is '公司';
comment on column duty.rule.rule_id is '编号';
comment on column duty.rule.kind is '种类';
comment on column duty.rule.room_id is '值班室,空为该种类全部';
comment on column duty.rule.from_on is '生效日';
comment on column duty.rule.min_persons is '每班最少人数';
comment on column duty.rule.min_certified is '其中持证人数';
comment on column duty.rule.cert_kind_id is '须持的证件种类';
comment on column duty.rule.max_hours is '一班最长小时';
comment on column duty.rule.handover_minutes is '到点后多少分钟未交接算逾期';
comment on column duty.rule.source is '依据';
comment on column duty.rule.created_by is '设定人';
comment on column duty.rule.created_at is '设定时间';

create table duty.shift (
  company_id bigint not null,
  room_id uuid not null,
  shift_id uuid not null,
  name text not null,
  from_time text not null check (from_time ~ '^[0-2][0-9]:[0-5][0-9]$'),
  to_time text not null check (to_time ~ '^[0-2][0-9]:[0-5][0-9]$'),
  retired_at timestamptz,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (company_id, room_id, shift_id),
  foreign key (company_id, room_id) references duty.room (company_id, room_id)
);
select kernel.isolate('duty.shift', 'select, insert, update');
comment on table duty.shift is '班次';
comment on column duty.shift.company_id is '公司';
comment on column duty.shift.room_id is '值班室';
comment on column duty.shift.shift_id is '编号';
comment on column duty.shift.name is '名称';
comment on column duty.shift.from_time is '开始';
comment on column duty.shift.to_time is '结束,不晚于开始的为次日';
comment on column duty.shift.retired_at is '停用时间';
comment on column duty.shift.changed_by is '修改人';
comment on column duty.shift.changed_at is '修改时间';

create table duty.roster (
  company_id bigint not null,
  room_id uuid not null,
  on_day date not null,
  shift_id uuid not null,
  account_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  how text not null check (how in ('hand','rule','copy')),
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (company_id, room_id, on_day, shift_id, account_id),
  foreign key (company_id, room_id, shift_id) references duty.shift (company_id, room_id, shift_id),
  check (ends_at > starts_at)
);
create index roster_person on duty.roster (company_id, account_id, starts_at);
create index roster_time on duty.roster (company_id, room_id, ends_at);
select kernel.isolate('duty.roster', 'select, insert, delete');
comment on table duty.roster is '排班:某日某班由谁值';
comment on column duty.roster.company_id is '公司';
comment on column duty.roster.room_id is '值班室';
comment on column duty.roster.on_day is '班次开始那天';
comment on column duty.roster.shift_id is '班次';
comment on column duty.roster.account_id is '值班人';
comment on column duty.roster.starts_at is '开始';
comment on column duty.roster.ends_at is '结束';
comment on column duty.roster.how is '排法:hand 手工,rule 按规律,copy 复制上月';
comment on column duty.roster.made_by is '排班人';
comment on column duty.roster.made_at is '排班时间';

create table duty.log (
  company_id bigint not null,
  room_id uuid not null,
  plan_id uuid not null,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (company_id, plan_id),
  foreign key (company_id, room_id) references duty.room (company_id, room_id),
  foreign key (company_id, plan_id) references rounds.plan (company_id, plan_id)
);
create index log_room on duty.log (company_id, room_id);
select kernel.isolate('duty.log', 'select, insert');
comment on table duty.log is '值班室的运行记录,即巡查计划';
comment on column duty.log.company_id is '公司';
comment on column duty.log.room_id is '值班室';
comment on column duty.log.plan_id is '巡查计划';
comment on column duty.log.made_by is '设定人';
comment on column duty.log.made_at is '设定时间';

create table duty.handover (
  company_id bigint not null,
  handover_id uuid not null,
  room_id uuid not null,
  on_day date,
  shift_id uuid,
  to_day date not null,
  to_shift_id uuid not null,
  state text not null check (state in ('offered','taken','declined','withdrawn')),
  counts jsonb not null,
  opens jsonb not null,
  note text,
  out_account uuid,
  out_name text,
  out_file_id uuid,
  out_at timestamptz,
  in_account uuid,
  in_name text,
  in_file_id uuid,
  in_at timestamptz,
  in_note text,
  end_reason text,
  primary key (company_id, handover_id),
  foreign key (company_id, room_id, shift_id) references duty.shift (company_id, room_id, shift_id),
  foreign key (company_id, room_id, to_shift_id) references duty.shift (company_id, room_id, shift_id),
  check ((state = 'taken') = (in_file_id is not null)),
  check ((out_file_id is null) = (on_day is null)),
  check (state <> 'offered' or out_account is not null)
);
create unique index handover_open on duty.handover (company_id, room_id) where (state = 'offered');
create unique index handover_once on duty.handover (company_id, room_id, to_day, to_shift_id) where (state = 'taken');
create index handover_list on duty.handover (company_id, room_id, to_day desc);
create index handover_out on duty.handover (company_id, room_id, shift_id);
create index handover_in on duty.handover (company_id, room_id, to_shift_id);
select kernel.isolate('duty.handover', 'select, insert, update');
comment on table duty.handover is '交接班:交班人提出并签字,接班人签字接下';
comment on column duty.handover.company_id is '公司';
comment on column duty.handover.handover_id is '编号';
comment on column duty.handover.room_id is '值班室';
comment on column duty.handover.on_day is '交班的日,空为无人可交的接班';
comment on column duty.handover.shift_id is '交班的班次';
comment on column duty.handover.to_day is '接班的日';
comment on column duty.handover.to_shift_id is '接班的班次';
comment on column duty.handover.state is '状态:offered 待接班,taken 已交接,declined 未接,withdrawn 已撤回';
comment on column duty.handover.counts is '清点:物品、应有、实有、说明';
comment on column duty.handover.opens is '未完事项:工单、巡查问题、未记的运行记录';
comment on column duty.handover.note is '交班说明';
comment on column duty.handover.out_account is '交班人';
comment on column duty.handover.out_name is '交班人姓名';
comment on column duty.handover.out_file_id is '交班人签名';
comment on column duty.handover.out_at is '交班时间';
comment on column duty.handover.in_account is '接班人';
comment on column duty.handover.in_name is '接班人姓名';
comment on column duty.handover.in_file_id is '接班人签名';
comment on column duty.handover.in_at is '接班时间';
comment on column duty.handover.in_note is '接班人说明';
comment on column duty.handover.end_reason is '未接或撤回的原因';
