-- What is told to devices (IOT-02), what they alarm (IOT-05), and the rules between (IOT-06).

create table iot.command (
  company_id bigint not null,
  command_id uuid not null,
  device_id uuid not null,
  command text not null,
  name text not null,
  safety text not null check (safety in ('info','comfort','access','life')),
  arg numeric,
  reason text,
  reason_code text not null check (reason_code in ('operation','safety','own_request')),
  source text not null check (source in ('hand','rule')),
  rule_id uuid,
  asked_by uuid,
  asked_by_name text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null check (state in ('queued','sent','accepted','confirmed','failed','expired','unknown')),
  state_at timestamptz not null,
  sent_at timestamptz,
  answer text,
  why text,
  seen_v numeric,
  primary key (company_id, command_id),
  foreign key (company_id, device_id) references iot.device
);
create index command_device on iot.command (company_id, device_id, asked_at desc);
create index command_open on iot.command (company_id, asked_at) where state in ('queued','sent','accepted');
select kernel.isolate('iot.command', 'select, insert, update');
comment on table iot.command is '命令:先入库,只发给在线设备,以回读确认;过期不再发';
comment on column iot.command.company_id is '公司';
comment on column iot.command.command_id is '编号';
comment on column iot.command.device_id is '设备';
comment on column iot.command.command is '命令代号';
comment on column iot.command.name is '命令名称';
comment on column iot.command.safety is '安全级别';
comment on column iot.command.arg is '参数';
comment on column iot.command.reason is '原因';
comment on column iot.command.reason_code is '事由:operation 运行调节,safety 安全处置,own_request 用户本人申请';
comment on column iot.command.source is '来源:hand 人工,rule 联动';
comment on column iot.command.rule_id is '联动规则';
comment on column iot.command.asked_by is '发出人';
comment on column iot.command.asked_by_name is '发出人姓名';
comment on column iot.command.asked_at is '发出时间';
comment on column iot.command.expires_at is '过此不再执行';
comment on column iot.command.state is '状态:queued 待发,sent 已发出,accepted 设备已应答,confirmed 回读一致,failed 失败,expired 已过期,unknown 结果未知';
comment on column iot.command.state_at is '状态时间';
comment on column iot.command.sent_at is '发出时间';
comment on column iot.command.answer is '设备的应答';
comment on column iot.command.why is '失败或未知的原因';
comment on column iot.command.seen_v is '回读到的值';

create table iot.alarm (
  company_id bigint not null,
  alarm_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  device_id uuid,
  source text not null,
  kind text not null,
  title text not null,
  level text not null check (level in ('notice','minor','major','critical')),
  rule_id uuid,
  facts jsonb not null,
  raised_at timestamptz not null,
  last_at timestamptz not null,
  times_count int not null,
  cleared_at timestamptz,
  acked_at timestamptz,
  acked_by uuid,
  acked_by_name text,
  shelved_until timestamptz,
  escalated_at timestamptz,
  disposed_at timestamptz,
  disposed_by_name text,
  disposal text,
  order_id uuid,
  primary key (company_id, alarm_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, building_id) references property.building,
  foreign key (company_id, device_id) references iot.device
);
create unique index alarm_open on iot.alarm (company_id, source, kind) where disposed_at is null;
create index alarm_at on iot.alarm (company_id, community_id, raised_at desc);
create index alarm_building on iot.alarm (company_id, building_id);
create index alarm_device on iot.alarm (company_id, device_id, raised_at desc);
select kernel.isolate('iot.alarm', 'select, insert, update');
comment on table iot.alarm is '报警:同一来源同一种类只有一条未处置的';
comment on column iot.alarm.company_id is '公司';
comment on column iot.alarm.alarm_id is '编号';
comment on column iot.alarm.community_id is '小区';
comment on column iot.alarm.building_id is '楼栋';
comment on column iot.alarm.device_id is '设备';
comment on column iot.alarm.source is '来源';
comment on column iot.alarm.kind is '种类';
comment on column iot.alarm.title is '标题';
comment on column iot.alarm.level is '级别';
comment on column iot.alarm.rule_id is '规则';
comment on column iot.alarm.facts is '当时的依据';
comment on column iot.alarm.raised_at is '发生时间';
comment on column iot.alarm.last_at is '最近一次';
comment on column iot.alarm.times_count is '次数';
comment on column iot.alarm.cleared_at is '恢复时间';
comment on column iot.alarm.acked_at is '确认时间';
comment on column iot.alarm.acked_by is '确认人';
comment on column iot.alarm.acked_by_name is '确认人姓名';
comment on column iot.alarm.shelved_until is '搁置至';
comment on column iot.alarm.escalated_at is '升级时间';
comment on column iot.alarm.disposed_at is '处置时间';
comment on column iot.alarm.disposed_by_name is '处置人';
comment on column iot.alarm.disposal is '处置情况';
comment on column iot.alarm.order_id is '转成的工单';

create table iot.alarm_step (
  company_id bigint not null,
  alarm_id uuid not null,
  step_no int not null,
  action text not null,
  by_account uuid,
  by_name text not null,
  note text,
  at timestamptz not null,
  primary key (company_id, alarm_id, step_no),
  foreign key (company_id, alarm_id) references iot.alarm
);
select kernel.isolate('iot.alarm_step', 'select, insert');
comment on table iot.alarm_step is '报警的处理记录,只增不改';
comment on column iot.alarm_step.company_id is '公司';
comment on column iot.alarm_step.alarm_id is '报警';
comment on column iot.alarm_step.step_no is '序号';
comment on column iot.alarm_step.action is '动作:raise 发生,again 再次,clear 恢复,ack 确认,shelve 搁置,escalate 升级,dispose 处置';
comment on column iot.alarm_step.by_account is '办理人';
comment on column iot.alarm_step.by_name is '办理人姓名';
comment on column iot.alarm_step.note is '说明';
comment on column iot.alarm_step.at is '时间';

create table iot.alarm_policy (
  company_id bigint not null,
  from_on date not null,
  major_min int not null check (major_min between 1 and 1440),
  critical_min int not null check (critical_min between 1 and 1440),
  storm_count int not null check (storm_count between 2 and 1000),
  made_by uuid,
  made_at timestamptz not null,
  primary key (company_id, from_on)
);
select kernel.isolate('iot.alarm_policy', 'select, insert, update');
comment on table iot.alarm_policy is '报警时限,按生效日分版本';
comment on column iot.alarm_policy.company_id is '公司';
comment on column iot.alarm_policy.from_on is '生效日';
comment on column iot.alarm_policy.major_min is '重要报警多少分钟未确认即升级';
comment on column iot.alarm_policy.critical_min is '紧急报警多少分钟未确认即升级';
comment on column iot.alarm_policy.storm_count is '同一小区十分钟内超过几条即合并通知';
comment on column iot.alarm_policy.made_by is '制定人';
comment on column iot.alarm_policy.made_at is '制定时间';

create table iot.rule (
  company_id bigint not null,
  rule_id uuid not null,
  name text not null,
  product_id uuid not null,
  community_id uuid,
  device_id uuid,
  body jsonb not null,
  version_no int not null,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, rule_id),
  unique (company_id, name),
  foreign key (company_id, product_id) references iot.product,
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, device_id) references iot.device
);
create index rule_product on iot.rule (company_id, product_id);
create index rule_community on iot.rule (company_id, community_id);
create index rule_device on iot.rule (company_id, device_id);
select kernel.isolate('iot.rule', 'select, insert, update');
comment on table iot.rule is '联动规则:条件与动作都是数据';
comment on column iot.rule.company_id is '公司';
comment on column iot.rule.rule_id is '编号';
comment on column iot.rule.name is '名称';
comment on column iot.rule.product_id is '适用产品';
comment on column iot.rule.community_id is '适用小区,空为全部';
comment on column iot.rule.device_id is '只适用这台设备';
comment on column iot.rule.body is '条件与动作';
comment on column iot.rule.version_no is '版本';
comment on column iot.rule.stopped_at is '停用时间';
comment on column iot.rule.changed_by is '修改人';
comment on column iot.rule.changed_at is '修改时间';

create table iot.rule_fire (
  company_id bigint not null,
  fire_id uuid not null,
  rule_id uuid not null,
  version_no int not null,
  device_id uuid not null,
  at timestamptz not null,
  facts jsonb not null,
  did text not null,
  primary key (company_id, fire_id),
  foreign key (company_id, rule_id) references iot.rule,
  foreign key (company_id, device_id) references iot.device
);
create index rule_fire_rule on iot.rule_fire (company_id, rule_id, at desc);
create index rule_fire_device on iot.rule_fire (company_id, device_id, at desc);
select kernel.isolate('iot.rule_fire', 'select, insert');
comment on table iot.rule_fire is '规则触发记录:为什么触发,做了什么';
comment on column iot.rule_fire.company_id is '公司';
comment on column iot.rule_fire.fire_id is '编号';
comment on column iot.rule_fire.rule_id is '规则';
comment on column iot.rule_fire.version_no is '规则版本';
comment on column iot.rule_fire.device_id is '设备';
comment on column iot.rule_fire.at is '时间';
comment on column iot.rule_fire.facts is '依据:点位、值、限值、持续';
comment on column iot.rule_fire.did is '做了什么';

