-- Doors (门禁): controllers with doors, groups, rights by person, household, post, their cards, the lists on the controllers with read-back, passages taken
-- exactly once, commands confirmed by reading back. Nothing here refers to bills owed: no door is closed for a debt (民法典 944).
create schema doors;
grant usage on schema doors to heyuan_app;
comment on schema doors is '门禁:控制器、门、权限、卡、名单、通行记录';
-- Versions of rows on the controllers; one number a change.
create sequence doors.list_no;
grant usage on sequence doors.list_no to heyuan_app;

create table doors.controller (
  company_id bigint not null,
  controller_id uuid not null,
  community_id uuid not null,
  name text not null,
  serial_no text,
  secret_no int not null default 1,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, controller_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index controller_name on doors.controller (company_id, community_id, name);
select kernel.isolate('doors.controller', 'select, insert, update');
comment on table doors.controller is '门禁控制器';
comment on column doors.controller.company_id is '公司';
comment on column doors.controller.controller_id is '编号';
comment on column doors.controller.community_id is '小区';
comment on column doors.controller.name is '名称';
comment on column doors.controller.serial_no is '序列号';
comment on column doors.controller.secret_no is '接入地址的口令版本';
comment on column doors.controller.retired_at is '停用时间';
comment on column doors.controller.changed_by is '修改人';
comment on column doors.controller.changed_at is '修改时间';

create table doors.controller_state (
  company_id bigint not null,
  controller_id uuid not null,
  heard_at timestamptz,
  clock_off_s int,
  batch_no bigint not null default 0,
  batch_at timestamptz,
  batch_tries int not null default 0,
  list_count int,
  list_digest text,
  verified_at timestamptz,
  mismatch_count int not null default 0,
  primary key (company_id, controller_id),
  foreign key (company_id, controller_id) references doors.controller (company_id, controller_id)
);
select kernel.isolate('doors.controller_state', 'select, insert, update');
comment on table doors.controller_state is '控制器现况:心跳、名单核对';
comment on column doors.controller_state.company_id is '公司';
comment on column doors.controller_state.controller_id is '控制器';
comment on column doors.controller_state.heard_at is '最近心跳';
comment on column doors.controller_state.clock_off_s is '时钟差(秒)';
comment on column doors.controller_state.batch_no is '已下发的批次';
comment on column doors.controller_state.batch_at is '最近一次下发时间';
comment on column doors.controller_state.batch_tries is '未确认的连续下发次数';
comment on column doors.controller_state.list_count is '应有条数(全部确认时)';
comment on column doors.controller_state.list_digest is '应有名单的摘要';
comment on column doors.controller_state.verified_at is '最近回读一致的时间';
comment on column doors.controller_state.mismatch_count is '回读连续不一致的次数';

create table doors.door (
  company_id bigint not null,
  door_id uuid not null,
  controller_id uuid not null,
  port_no int not null check (port_no between 1 and 16),
  community_id uuid not null,
  building_id uuid,
  unit_no text,
  name text not null,
  kind text not null check (kind in ('gate','unit','garage','room')),
  fire_release boolean not null default false,
  held_s int not null check (held_s between 5 and 600),
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, door_id),
  foreign key (company_id, controller_id) references doors.controller (company_id, controller_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id)
);
create unique index door_port on doors.door (company_id, controller_id, port_no);
create unique index door_name on doors.door (company_id, community_id, name);
create index door_building on doors.door (company_id, building_id);
select kernel.isolate('doors.door', 'select, insert, update');
comment on table doors.door is '门';
comment on column doors.door.company_id is '公司';
comment on column doors.door.door_id is '编号';
comment on column doors.door.controller_id is '控制器';
comment on column doors.door.port_no is '控制器上的第几路';
comment on column doors.door.community_id is '小区';
comment on column doors.door.building_id is '楼栋';
comment on column doors.door.unit_no is '单元';
comment on column doors.door.name is '名称';
comment on column doors.door.kind is '种类:gate 小区大门,unit 单元门,garage 车库门,room 机房等';
comment on column doors.door.fire_release is '消防联动时释放';
comment on column doors.door.held_s is '开门多少秒没关算超时';
comment on column doors.door.retired_at is '停用时间';
comment on column doors.door.changed_by is '修改人';
comment on column doors.door.changed_at is '修改时间';

create table doors.door_state (
  company_id bigint not null,
  door_id uuid not null,
  state text not null check (state in ('closed','open')),
  lock text not null check (lock in ('locked','unlocked')),
  since_at timestamptz not null,
  read_at timestamptz not null,
  primary key (company_id, door_id),
  foreign key (company_id, door_id) references doors.door (company_id, door_id)
);
select kernel.isolate('doors.door_state', 'select, insert, update');
comment on table doors.door_state is '门现况,由控制器回读';
comment on column doors.door_state.company_id is '公司';
comment on column doors.door_state.door_id is '门';
comment on column doors.door_state.state is '门磁:closed 关,open 开';
comment on column doors.door_state.lock is '锁:locked 受控,unlocked 常开';
comment on column doors.door_state.since_at is '从何时起';
comment on column doors.door_state.read_at is '最近回读时间';

create table doors.door_group (
  company_id bigint not null,
  group_id uuid not null,
  community_id uuid not null,
  name text not null,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, group_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id)
);
create unique index door_group_name on doors.door_group (company_id, community_id, name);
select kernel.isolate('doors.door_group', 'select, insert, update');
comment on table doors.door_group is '门组';
comment on column doors.door_group.company_id is '公司';
comment on column doors.door_group.group_id is '编号';
comment on column doors.door_group.community_id is '小区';
comment on column doors.door_group.name is '名称';
comment on column doors.door_group.changed_by is '修改人';
comment on column doors.door_group.changed_at is '修改时间';

create table doors.group_door (
  company_id bigint not null,
  group_id uuid not null,
  door_id uuid not null,
  primary key (company_id, group_id, door_id),
  foreign key (company_id, group_id) references doors.door_group (company_id, group_id),
  foreign key (company_id, door_id) references doors.door (company_id, door_id)
);
create index group_door_door on doors.group_door (company_id, door_id);
select kernel.isolate('doors.group_door', 'select, insert, delete');
comment on table doors.group_door is '门组里的门';
comment on column doors.group_door.company_id is '公司';
comment on column doors.group_door.group_id is '门组';
comment on column doors.group_door.door_id is '门';

create table doors.entry_right (
  company_id bigint not null,
  right_id uuid not null,
  community_id uuid not null,
  group_id uuid not null,
  who text not null check (who in ('person','house','building','community','staff','role')),
  person_id uuid,
  house_id uuid,
  building_id uuid,
  account_id uuid,
  role_id uuid,
  times jsonb not null,
  from_on date not null,
  to_on date,
  reason text,
  ended_at timestamptz,
  ended_by text,
  ended_reason text,
  created_by uuid,
  created_name text not null,
  created_at timestamptz not null,
  primary key (company_id, right_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, group_id) references doors.door_group (company_id, group_id),
  foreign key (company_id, person_id) references people.person (company_id, person_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id),
  foreign key (company_id, building_id) references property.building (company_id, building_id),
  foreign key (company_id, role_id) references identity.role (company_id, role_id),
  check (to_on is null or to_on > from_on),
  check (num_nonnulls(person_id, house_id, building_id, account_id, role_id) = case who when 'community' then 0 else 1 end)
);
create index entry_right_list on doors.entry_right (company_id, community_id, created_at desc);
create index entry_right_group on doors.entry_right (company_id, group_id);
create index entry_right_person on doors.entry_right (company_id, person_id);
create index entry_right_house on doors.entry_right (company_id, house_id);
create index entry_right_building on doors.entry_right (company_id, building_id);
create index entry_right_role on doors.entry_right (company_id, role_id);
select kernel.isolate('doors.entry_right', 'select, insert, update');
comment on table doors.entry_right is '通行权限:谁、哪组门、哪几天几点、从哪天到哪天;改动是停旧立新';
comment on column doors.entry_right.company_id is '公司';
comment on column doors.entry_right.right_id is '编号';
comment on column doors.entry_right.community_id is '小区';
comment on column doors.entry_right.group_id is '门组';
comment on column doors.entry_right.who is '给谁:person 某人,house 某户,building 某栋住户,community 全体住户,staff 某员工,role 某岗位';
comment on column doors.entry_right.person_id is '人';
comment on column doors.entry_right.house_id is '房产';
comment on column doors.entry_right.building_id is '楼栋';
comment on column doors.entry_right.account_id is '员工账号';
comment on column doors.entry_right.role_id is '岗位';
comment on column doors.entry_right.times is '时段 [{days,from,to}],空为全天';
comment on column doors.entry_right.from_on is '起';
comment on column doors.entry_right.to_on is '止(不含)';
comment on column doors.entry_right.reason is '依据';
comment on column doors.entry_right.ended_at is '停止时间';
comment on column doors.entry_right.ended_by is '停止人';
comment on column doors.entry_right.ended_reason is '停止原因';
comment on column doors.entry_right.created_by is '设置人';
comment on column doors.entry_right.created_name is '设置人姓名';
comment on column doors.entry_right.created_at is '设置时间';

create table doors.holder (
  company_id bigint not null,
  holder_id uuid not null,
  user_no bigint generated always as identity,
  person_id uuid,
  account_id uuid,
  created_at timestamptz not null,
  primary key (company_id, holder_id),
  unique (company_id, user_no),
  foreign key (company_id, person_id) references people.person (company_id, person_id),
  check (num_nonnulls(person_id, account_id) = 1)
);
create unique index holder_person on doors.holder (company_id, person_id);
create unique index holder_account on doors.holder (company_id, account_id) where account_id is not null;
select kernel.isolate('doors.holder', 'select, insert');
comment on table doors.holder is '持有人:在控制器名单里有一个用户号的人或员工';
comment on column doors.holder.company_id is '公司';
comment on column doors.holder.holder_id is '编号';
comment on column doors.holder.user_no is '控制器里的用户号';
comment on column doors.holder.person_id is '人';
comment on column doors.holder.account_id is '员工账号';
comment on column doors.holder.created_at is '建立时间';

create table doors.card (
  company_id bigint not null,
  card_id uuid not null,
  holder_id uuid not null,
  community_id uuid not null,
  house_id uuid,
  card_no text not null,
  state text not null check (state in ('live','lost','ended','replaced')),
  replaced_by uuid,
  bill_id uuid,
  from_on date not null,
  to_on date,
  reason text,
  issued_by text not null,
  issued_at timestamptz not null,
  ended_by text,
  ended_at timestamptz,
  primary key (company_id, card_id),
  foreign key (company_id, holder_id) references doors.holder (company_id, holder_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, house_id) references property.house (company_id, house_id)
);
create unique index card_live on doors.card (company_id, card_no) where state = 'live';
create index card_no on doors.card (company_id, card_no);
create index card_holder on doors.card (company_id, holder_id);
create index card_house on doors.card (company_id, house_id);
create index card_list on doors.card (company_id, community_id, issued_at desc, card_id);
select kernel.isolate('doors.card', 'select, insert, update');
comment on table doors.card is '门禁卡';
comment on column doors.card.company_id is '公司';
comment on column doors.card.card_id is '编号';
comment on column doors.card.holder_id is '持有人';
comment on column doors.card.community_id is '小区';
comment on column doors.card.house_id is '房产';
comment on column doors.card.card_no is '卡号';
comment on column doors.card.state is '状态:live 使用中,lost 已挂失,replaced 已补换,ended 已注销';
comment on column doors.card.replaced_by is '补换成的卡';
comment on column doors.card.bill_id is '工本费账单';
comment on column doors.card.from_on is '起';
comment on column doors.card.to_on is '止(不含)';
comment on column doors.card.reason is '备注';
comment on column doors.card.issued_by is '发卡人';
comment on column doors.card.issued_at is '发卡时间';
comment on column doors.card.ended_by is '挂失或注销人';
comment on column doors.card.ended_at is '挂失或注销时间';

create table doors.list_row (
  company_id bigint not null,
  controller_id uuid not null,
  key text not null,
  holder_id uuid,
  card_id uuid,
  visit_id uuid,
  body jsonb not null,
  version bigint not null,
  gone boolean not null default false,
  deny boolean not null default false,
  sent_version bigint,
  batch_no bigint,
  acked_version bigint,
  changed_at timestamptz not null,
  primary key (company_id, controller_id, key),
  foreign key (company_id, controller_id) references doors.controller (company_id, controller_id)
);
create index list_row_left on doors.list_row (company_id, controller_id, deny desc, version) where acked_version is distinct from version;
create index list_row_holder on doors.list_row (company_id, holder_id);
create index list_row_card on doors.list_row (company_id, card_id) where card_id is not null;
create index list_row_visit on doors.list_row (company_id, visit_id) where visit_id is not null;
select kernel.isolate('doors.list_row', 'select, insert, update, delete');
comment on table doors.list_row is '控制器名单:应有什么、下发到哪一版、确认到哪一版';
comment on column doors.list_row.company_id is '公司';
comment on column doors.list_row.controller_id is '控制器';
comment on column doors.list_row.key is '键:u 用户,c 卡,p 密码';
comment on column doors.list_row.holder_id is '持有人';
comment on column doors.list_row.card_id is '卡';
comment on column doors.list_row.visit_id is '访客';
comment on column doors.list_row.body is '内容';
comment on column doors.list_row.version is '应有的版本';
comment on column doors.list_row.gone is '应删除';
comment on column doors.list_row.deny is '收紧:先于放宽下发';
comment on column doors.list_row.sent_version is '已下发的版本';
comment on column doors.list_row.batch_no is '下发的批次';
comment on column doors.list_row.acked_version is '已确认的版本';
comment on column doors.list_row.changed_at is '变更时间';

create table doors.passage (
  company_id bigint not null,
  passage_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  controller_id uuid not null,
  door_id uuid not null,
  series text not null,
  seq bigint not null,
  what text not null check (what in ('open','refused','forced','held','closed')),
  way text,
  why text,
  holder_id uuid,
  card_id uuid,
  visit_id uuid,
  command_id uuid,
  card_tail text,
  at timestamptz not null,
  received_at timestamptz not null,
  replay boolean not null,
  primary key (company_id, passage_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, controller_id) references doors.controller (company_id, controller_id),
  foreign key (company_id, door_id) references doors.door (company_id, door_id)
);
create unique index passage_once on doors.passage (company_id, controller_id, series, seq);
create index passage_list on doors.passage (company_id, community_id, at desc, passage_id);
create index passage_door on doors.passage (company_id, door_id, at desc);
create index passage_holder on doors.passage (company_id, holder_id, at desc);
create index passage_old on doors.passage (company_id, at);
select kernel.isolate('doors.passage', 'select, insert, delete');
comment on table doors.passage is '通行记录,每条按控制器的序号只收一次,过保存期删除';
comment on column doors.passage.company_id is '公司';
comment on column doors.passage.passage_id is '编号';
comment on column doors.passage.community_id is '小区';
comment on column doors.passage.building_id is '楼栋';
comment on column doors.passage.controller_id is '控制器';
comment on column doors.passage.door_id is '门';
comment on column doors.passage.series is '控制器的记录系列';
comment on column doors.passage.seq is '控制器的记录序号';
comment on column doors.passage.what is '事件:open 开门,refused 拒绝,forced 强行开门,held 开门超时,closed 超时后关门';
comment on column doors.passage.way is '方式:card,qr,password,button,remote,fire';
comment on column doors.passage.why is '拒绝原因';
comment on column doors.passage.holder_id is '持有人';
comment on column doors.passage.card_id is '卡';
comment on column doors.passage.visit_id is '访客';
comment on column doors.passage.command_id is '远程命令';
comment on column doors.passage.card_tail is '卡号末四位';
comment on column doors.passage.at is '时间(按时钟差改正)';
comment on column doors.passage.received_at is '收到时间';
comment on column doors.passage.replay is '断网后补传';

create table doors.alarm (
  company_id bigint not null,
  alarm_id uuid not null,
  community_id uuid not null,
  door_id uuid not null,
  kind text not null check (kind in ('forced','held')),
  raised_at timestamptz not null,
  over_at timestamptz,
  handled_at timestamptz,
  handled_by text,
  note text,
  primary key (company_id, alarm_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, door_id) references doors.door (company_id, door_id)
);
create unique index alarm_open on doors.alarm (company_id, door_id, kind) where handled_at is null;
create index alarm_list on doors.alarm (company_id, community_id, raised_at desc);
select kernel.isolate('doors.alarm', 'select, insert, update');
comment on table doors.alarm is '门报警:每扇门每种一条,处置后结束';
comment on column doors.alarm.company_id is '公司';
comment on column doors.alarm.alarm_id is '编号';
comment on column doors.alarm.community_id is '小区';
comment on column doors.alarm.door_id is '门';
comment on column doors.alarm.kind is '种类:forced 强行开门,held 开门超时';
comment on column doors.alarm.raised_at is '发生时间';
comment on column doors.alarm.over_at is '恢复时间';
comment on column doors.alarm.handled_at is '处置时间';
comment on column doors.alarm.handled_by is '处置人';
comment on column doors.alarm.note is '处置说明';

create table doors.command (
  company_id bigint not null,
  command_id uuid not null,
  community_id uuid not null,
  controller_id uuid not null,
  door_id uuid not null,
  what text not null check (what in ('open','hold','restore')),
  cause text not null check (cause in ('hand','fire')),
  reason text not null,
  by_id uuid,
  by_name text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  sent_at timestamptz,
  ended_at timestamptz,
  state text not null check (state in ('waiting','sent','confirmed','failed')),
  why text,
  primary key (company_id, command_id),
  foreign key (company_id, community_id) references property.community (company_id, community_id),
  foreign key (company_id, controller_id) references doors.controller (company_id, controller_id),
  foreign key (company_id, door_id) references doors.door (company_id, door_id)
);
create index command_due on doors.command (company_id, controller_id, created_at) where state in ('waiting', 'sent');
create index command_door on doors.command (company_id, door_id, created_at desc);
create index command_place on doors.command (company_id, community_id, created_at desc);
select kernel.isolate('doors.command', 'select, insert, update');
comment on table doors.command is '远程命令:只发给在线的门,过期不发,回读为准';
comment on column doors.command.company_id is '公司';
comment on column doors.command.command_id is '编号';
comment on column doors.command.community_id is '小区';
comment on column doors.command.controller_id is '控制器';
comment on column doors.command.door_id is '门';
comment on column doors.command.what is 'open 开一次,hold 常开,restore 恢复受控';
comment on column doors.command.cause is 'hand 人工,fire 消防联动';
comment on column doors.command.reason is '原因';
comment on column doors.command.by_id is '下令人';
comment on column doors.command.by_name is '下令人姓名';
comment on column doors.command.created_at is '下令时间';
comment on column doors.command.expires_at is '过期时间';
comment on column doors.command.sent_at is '发出时间';
comment on column doors.command.ended_at is '确认或失败时间';
comment on column doors.command.state is '状态';
comment on column doors.command.why is '失败原因';

create table doors.policy (
  company_id bigint not null,
  policy_id uuid not null,
  from_on date not null,
  keep_days int not null check (keep_days between 30 and 1095),
  card_fee_fen bigint not null check (card_fee_fen >= 0),
  qr_step_s int not null check (qr_step_s between 10 and 300),
  visitors_open boolean not null,
  basis text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (company_id, policy_id)
);
create index policy_now on doors.policy (company_id, from_on desc, created_at desc);
select kernel.isolate('doors.policy', 'select, insert');
comment on table doors.policy is '门禁规则,按生效日,只增';
comment on column doors.policy.company_id is '公司';
comment on column doors.policy.policy_id is '编号';
comment on column doors.policy.from_on is '生效日';
comment on column doors.policy.keep_days is '通行记录保存天数';
comment on column doors.policy.card_fee_fen is '补卡工本费';
comment on column doors.policy.qr_step_s is '开门码每多少秒换一次';
comment on column doors.policy.visitors_open is '访客可凭通行码开受访户能开的大门和单元门';
comment on column doors.policy.basis is '依据';
comment on column doors.policy.created_by is '设置人';
comment on column doors.policy.created_at is '设置时间';
