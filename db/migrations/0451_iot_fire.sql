-- Fire (GB/T 26875.3) and air stations (HJ 212) over TCP: what a transmission device reported, and what was done about it by itself.

alter table iot.product drop constraint product_link_check;
alter table iot.product add constraint product_link_check check (link in ('mqtt','http','dlt645_2007','dlt645_1997','cjt188','modbus','gb26875','hj212'));

create table iot.fire (
  company_id bigint not null,
  fire_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  device_id uuid not null,
  begun_at timestamptz not null,
  held_why text,
  confirmed_at timestamptz,
  confirmed_why text,
  confirmed_by uuid,
  confirmed_by_name text,
  ended_at timestamptz,
  ended_by uuid,
  ended_by_name text,
  verdict text check (verdict in ('real','false','test')),
  note text,
  primary key (company_id, fire_id),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, building_id) references property.building,
  foreign key (company_id, device_id) references iot.device,
  check ((ended_at is null) = (verdict is null))
);
create unique index fire_open on iot.fire (company_id, device_id) where ended_at is null;
create index fire_device on iot.fire (company_id, device_id, begun_at desc);
create index fire_at on iot.fire (company_id, community_id, begun_at desc);
create index fire_building on iot.fire (company_id, building_id);
select kernel.isolate('iot.fire', 'select, insert, update');
comment on table iot.fire is '火警:一台用户信息传输装置自首个火警到结束';
comment on column iot.fire.company_id is '公司';
comment on column iot.fire.fire_id is '编号';
comment on column iot.fire.community_id is '小区';
comment on column iot.fire.building_id is '楼栋';
comment on column iot.fire.device_id is '传输装置';
comment on column iot.fire.begun_at is '首个火警的时间';
comment on column iot.fire.held_why is '没有自动联动、要人核实的原因';
comment on column iot.fire.confirmed_at is '确认火警的时间';
comment on column iot.fire.confirmed_why is '确认依据';
comment on column iot.fire.confirmed_by is '确认人;空为系统按两个独立信号或手动报警确认';
comment on column iot.fire.confirmed_by_name is '确认人姓名';
comment on column iot.fire.ended_at is '结束时间';
comment on column iot.fire.ended_by is '结束人';
comment on column iot.fire.ended_by_name is '结束人姓名';
comment on column iot.fire.verdict is '结论:real 真实火警,false 误报,test 测试或演练';
comment on column iot.fire.note is '处置情况';

create table iot.fire_part (
  company_id bigint not null,
  fire_id uuid not null,
  part_key text not null,
  event_key text not null,
  device_id uuid not null,
  part_text text not null,
  manual boolean not null,
  said_at text,
  heard_at timestamptz not null,
  primary key (company_id, fire_id, part_key),
  foreign key (company_id, fire_id) references iot.fire
);
create unique index fire_part_event on iot.fire_part (company_id, device_id, event_key);
select kernel.isolate('iot.fire_part', 'select, insert');
comment on table iot.fire_part is '火警的报警部件:每个部件一条,重发不重复';
comment on column iot.fire_part.company_id is '公司';
comment on column iot.fire_part.fire_id is '火警';
comment on column iot.fire_part.part_key is '部件:系统、地址';
comment on column iot.fire_part.event_key is '报文编号';
comment on column iot.fire_part.device_id is '传输装置';
comment on column iot.fire_part.part_text is '部件说明';
comment on column iot.fire_part.manual is '手动报警';
comment on column iot.fire_part.said_at is '装置给出的时间';
comment on column iot.fire_part.heard_at is '收到时间';

create table iot.fire_act (
  company_id bigint not null,
  fire_id uuid not null,
  act_no int not null,
  act text not null,
  state text not null check (state in ('done','sent','none','failed')),
  detail text not null,
  at timestamptz not null,
  primary key (company_id, fire_id, act_no),
  foreign key (company_id, fire_id) references iot.fire
);
select kernel.isolate('iot.fire_act', 'select, insert');
comment on table iot.fire_act is '消防联动:自动做了什么,只增不改';
comment on column iot.fire_act.company_id is '公司';
comment on column iot.fire_act.fire_id is '火警';
comment on column iot.fire_act.act_no is '序号';
comment on column iot.fire_act.act is '动作:tell 通知值班,lifts 电梯迫降,air 停通风空调,doors 释放门禁,及其他模块的动作';
comment on column iot.fire_act.state is 'done 已做,sent 已发出命令,none 没有可控制的设备,failed 没有做成';
comment on column iot.fire_act.detail is '说明';
comment on column iot.fire_act.at is '时间';

create table iot.fire_item (
  company_id bigint not null,
  fire_id uuid not null,
  act text not null,
  device_id uuid not null,
  command_id uuid,
  why text,
  primary key (company_id, fire_id, act, device_id),
  foreign key (company_id, fire_id) references iot.fire,
  foreign key (company_id, device_id) references iot.device,
  foreign key (company_id, command_id) references iot.command
);
create index fire_item_device on iot.fire_item (company_id, device_id);
create index fire_item_command on iot.fire_item (company_id, command_id);
select kernel.isolate('iot.fire_item', 'select, insert');
comment on table iot.fire_item is '消防联动逐台设备的命令';
comment on column iot.fire_item.company_id is '公司';
comment on column iot.fire_item.fire_id is '火警';
comment on column iot.fire_item.act is '动作';
comment on column iot.fire_item.device_id is '设备';
comment on column iot.fire_item.command_id is '命令;空为没有发出';
comment on column iot.fire_item.why is '没有发出的原因';
