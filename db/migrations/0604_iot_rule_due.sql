-- What a rule does about an event is lost when the gateway is killed between the acknowledgement and the deed (IOT-06): noted with what sets it off, gone with the deed.
create table iot.rule_due (
  company_id bigint not null,
  due_id uuid not null,
  rule_id uuid not null,
  device_id uuid not null,
  input jsonb not null,
  received_at timestamptz not null,
  primary key (company_id, due_id),
  foreign key (company_id, rule_id) references iot.rule,
  foreign key (company_id, device_id) references iot.device
);
create index rule_due_rule on iot.rule_due (company_id, rule_id);
create index rule_due_device on iot.rule_due (company_id, device_id);
select kernel.isolate('iot.rule_due', 'select, insert, delete');
comment on table iot.rule_due is '已收到、联动规则尚未办完的事件或状态变化:与收到同时写入,办完同时删去';
comment on column iot.rule_due.company_id is '公司';
comment on column iot.rule_due.due_id is '编号';
comment on column iot.rule_due.rule_id is '规则';
comment on column iot.rule_due.device_id is '设备';
comment on column iot.rule_due.input is '触发规则的事件或状态变化';
comment on column iot.rule_due.received_at is '收到时间';
