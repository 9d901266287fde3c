create table iot.rule_act_item (
  company_id bigint not null,
  fire_id uuid not null,
  act_no integer not null,
  item_no integer not null,
  device_id uuid not null,
  command_id uuid,
  why text,
  primary key (company_id, fire_id, act_no, item_no),
  foreign key (company_id, fire_id, act_no) references iot.rule_act,
  foreign key (company_id, device_id) references iot.device,
  foreign key (company_id, command_id) references iot.command
);
create index rule_act_item_device on iot.rule_act_item (company_id, device_id);
create index rule_act_item_command on iot.rule_act_item (company_id, command_id);
select kernel.isolate('iot.rule_act_item', 'select, insert');
comment on table iot.rule_act_item is '一个动作控制多台设备时,逐台的命令';
comment on column iot.rule_act_item.company_id is '公司';
comment on column iot.rule_act_item.fire_id is '触发';
comment on column iot.rule_act_item.act_no is '动作序号';
comment on column iot.rule_act_item.item_no is '序号';
comment on column iot.rule_act_item.device_id is '设备';
comment on column iot.rule_act_item.command_id is '命令,没有发出为空';
comment on column iot.rule_act_item.why is '没有发出的原因';
