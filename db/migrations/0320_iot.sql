-- The device part of IOT-01 to IOT-08: products as data, devices, their samples, events, roll-ups and present state.
create schema iot;
grant usage on schema iot to heyuan_app;
comment on schema iot is '智能设备:产品模型、接入、采集数据、状态';

create table iot.product (
  company_id bigint not null,
  product_id uuid not null,
  code text not null,
  name text not null,
  category text not null,
  link text not null check (link in ('mqtt','http','dlt645_2007','dlt645_1997','cjt188','modbus')),
  version_no int not null,
  model jsonb not null,
  retired_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, product_id),
  unique (company_id, code),
  unique (company_id, name)
);
select kernel.isolate('iot.product', 'select, insert, update');
comment on table iot.product is '产品模型:一类设备的点位、命令与事件;每次修改为新的一版';
comment on column iot.product.company_id is '公司';
comment on column iot.product.product_id is '编号';
comment on column iot.product.code is '代码';
comment on column iot.product.name is '名称';
comment on column iot.product.category is '类别:environment 环境,water 给排水,power 供配电,lift 电梯,light 照明,meter 表计,hvac 暖通,other 其他';
comment on column iot.product.link is '接入方式';
comment on column iot.product.version_no is '现行版本';
comment on column iot.product.model is '现行模型:points 点位,commands 命令,events 事件,period_s 上报周期,offline_after_s 离线判定秒数';
comment on column iot.product.retired_at is '停用时间';
comment on column iot.product.changed_by is '修改人';
comment on column iot.product.changed_at is '修改时间';

create table iot.product_version (
  company_id bigint not null,
  product_id uuid not null,
  version_no int not null,
  model jsonb not null,
  made_by uuid,
  made_at timestamptz not null,
  primary key (company_id, product_id, version_no),
  foreign key (company_id, product_id) references iot.product
);
select kernel.isolate('iot.product_version', 'select, insert');
comment on table iot.product_version is '产品模型的各版,只增不改';
comment on column iot.product_version.company_id is '公司';
comment on column iot.product_version.product_id is '产品';
comment on column iot.product_version.version_no is '版本';
comment on column iot.product_version.model is '模型';
comment on column iot.product_version.made_by is '制定人';
comment on column iot.product_version.made_at is '制定时间';

create table iot.bus (
  company_id bigint not null,
  bus_id uuid not null,
  community_id uuid not null,
  name text not null,
  protocol text not null check (protocol in ('dlt645_2007','dlt645_1997','cjt188','modbus_tcp','modbus_rtu')),
  host text not null,
  port int not null check (port between 1 and 65535),
  settings jsonb not null,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, bus_id),
  unique (company_id, community_id, name),
  foreign key (company_id, community_id) references property.community
);
select kernel.isolate('iot.bus', 'select, insert, update');
comment on table iot.bus is '总线:一条轮询线路(串口服务器或网关的一个端口),其上的表计逐台问答';
comment on column iot.bus.company_id is '公司';
comment on column iot.bus.bus_id is '编号';
comment on column iot.bus.community_id is '小区';
comment on column iot.bus.name is '名称';
comment on column iot.bus.protocol is '协议';
comment on column iot.bus.host is '主机地址';
comment on column iot.bus.port is '端口';
comment on column iot.bus.settings is '参数:timeout_ms 应答时限,gap_ms 帧间隔,retries 重试,preamble 前导字节数,break_after 连续失败几次后暂停,break_s 暂停秒数,period_s 轮询周期';
comment on column iot.bus.stopped_at is '停用时间';
comment on column iot.bus.changed_by is '修改人';
comment on column iot.bus.changed_at is '修改时间';

create table iot.device (
  company_id bigint not null,
  device_id uuid not null,
  community_id uuid not null,
  building_id uuid,
  place text not null,
  product_id uuid not null,
  no text not null,
  name text not null,
  address text,
  bus_id uuid,
  gateway_id uuid,
  equipment_id uuid,
  meter_id uuid,
  secret_hash text,
  secret_at timestamptz,
  life text not null check (life in ('active','maintenance','retired')),
  life_reason text,
  life_at timestamptz not null,
  settled_at timestamptz,
  note text,
  changed_by uuid,
  changed_at timestamptz not null,
  created_at timestamptz not null,
  primary key (company_id, device_id),
  unique (company_id, no),
  foreign key (company_id, community_id) references property.community,
  foreign key (company_id, building_id) references property.building,
  foreign key (company_id, product_id) references iot.product,
  foreign key (company_id, bus_id) references iot.bus,
  foreign key (company_id, gateway_id) references iot.device,
  foreign key (company_id, equipment_id) references equipment.device,
  foreign key (company_id, meter_id) references meters.meter
);
create index device_place on iot.device (company_id, community_id, name);
create index device_building on iot.device (company_id, building_id);
create index device_product on iot.device (company_id, product_id);
create index device_bus on iot.device (company_id, bus_id);
create index device_gateway on iot.device (company_id, gateway_id);
create index device_equipment on iot.device (company_id, equipment_id);
create unique index device_meter on iot.device (company_id, meter_id) where life <> 'retired';
create index device_meter_all on iot.device (company_id, meter_id);
create unique index device_address on iot.device (company_id, bus_id, address) where life <> 'retired' and bus_id is not null;
select kernel.isolate('iot.device', 'select, insert, update');
comment on table iot.device is '接入的设备';
comment on column iot.device.company_id is '公司';
comment on column iot.device.device_id is '编号,也是接入账号';
comment on column iot.device.community_id is '小区';
comment on column iot.device.building_id is '楼栋';
comment on column iot.device.place is '安装位置';
comment on column iot.device.product_id is '产品';
comment on column iot.device.no is '设备编号';
comment on column iot.device.name is '名称';
comment on column iot.device.address is '总线上的地址或表号';
comment on column iot.device.bus_id is '总线';
comment on column iot.device.gateway_id is '所属网关设备';
comment on column iot.device.equipment_id is '设备台账中的设备';
comment on column iot.device.meter_id is '对应的表计';
comment on column iot.device.secret_hash is '接入口令的摘要';
comment on column iot.device.secret_at is '口令设定时间';
comment on column iot.device.life is '生命周期:active 在用,maintenance 检修中,retired 停用';
comment on column iot.device.life_reason is '变更原因';
comment on column iot.device.life_at is '变更时间';
comment on column iot.device.settled_at is '累计值自此重新起算(换表或清零)';
comment on column iot.device.note is '备注';
comment on column iot.device.changed_by is '修改人';
comment on column iot.device.changed_at is '修改时间';
comment on column iot.device.created_at is '登记时间';

create table iot.device_state (
  company_id bigint not null,
  device_id uuid not null,
  conn text not null check (conn in ('unknown','online','offline')),
  conn_at timestamptz not null,
  heard_at timestamptz,
  faulty boolean not null,
  latest jsonb not null,
  refused_at timestamptz,
  refused_why text,
  changed_at timestamptz not null,
  primary key (company_id, device_id),
  foreign key (company_id, device_id) references iot.device
);
alter table iot.device_state set (fillfactor = 60);
select kernel.isolate('iot.device_state', 'select, insert, update');
comment on table iot.device_state is '设备现状:最近的值与通信,由网关进程写入';
comment on column iot.device_state.company_id is '公司';
comment on column iot.device_state.device_id is '设备';
comment on column iot.device_state.conn is '通信:unknown 未知,online 在线,offline 离线';
comment on column iot.device_state.conn_at is '通信状态自何时起';
comment on column iot.device_state.heard_at is '最近一次收到';
comment on column iot.device_state.faulty is '设备自报故障';
comment on column iot.device_state.latest is '各点位最近的值:[值, 时间毫秒, 质量]';
comment on column iot.device_state.refused_at is '最近一次拒收';
comment on column iot.device_state.refused_why is '拒收原因';
comment on column iot.device_state.changed_at is '写入时间';

create table iot.sample (
  company_id bigint not null,
  device_id uuid not null,
  point text not null,
  at timestamptz not null,
  v numeric not null,
  q text not null check (q in ('good','uncertain','bad','substituted')),
  why text,
  src text not null check (src in ('live','replay','manual')),
  received_at timestamptz not null,
  primary key (company_id, device_id, point, at)
) partition by range (at);
select kernel.isolate('iot.sample', 'select, insert');
comment on table iot.sample is '采集值:每设备、点位、时刻一条,重复上报只存一次;按月分区';
comment on column iot.sample.company_id is '公司';
comment on column iot.sample.device_id is '设备';
comment on column iot.sample.point is '点位';
comment on column iot.sample.at is '发生时间';
comment on column iot.sample.v is '值';
comment on column iot.sample.q is '质量:good 正常,uncertain 存疑,bad 无效,substituted 替代';
comment on column iot.sample.why is '存疑或无效的原因';
comment on column iot.sample.src is '来源:live 实时,replay 补传,manual 人工';
comment on column iot.sample.received_at is '收到时间';

create table iot.event (
  company_id bigint not null,
  device_id uuid not null,
  key text not null,
  at timestamptz not null,
  kind text not null,
  payload jsonb not null,
  src text not null check (src in ('live','replay')),
  received_at timestamptz not null,
  primary key (company_id, device_id, key),
  foreign key (company_id, device_id) references iot.device
);
create index event_at on iot.event (company_id, device_id, at desc);
select kernel.isolate('iot.event', 'select, insert');
comment on table iot.event is '设备上报的事件:按设备给出的编号去重';
comment on column iot.event.company_id is '公司';
comment on column iot.event.device_id is '设备';
comment on column iot.event.key is '设备给出的编号';
comment on column iot.event.at is '发生时间';
comment on column iot.event.kind is '事件';
comment on column iot.event.payload is '内容';
comment on column iot.event.src is '来源:live 实时,replay 补传';
comment on column iot.event.received_at is '收到时间';

create table iot.rollup (
  company_id bigint not null,
  device_id uuid not null,
  point text not null,
  span text not null check (span in ('quarter','day')),
  from_at timestamptz not null,
  n_count int not null,
  low numeric not null,
  high numeric not null,
  total numeric not null,
  first_v numeric not null,
  last_v numeric not null,
  primary key (company_id, device_id, point, span, from_at)
);
select kernel.isolate('iot.rollup', 'select, insert, update, delete');
comment on table iot.rollup is '汇总:每设备、点位的一刻钟与一天';
comment on column iot.rollup.company_id is '公司';
comment on column iot.rollup.device_id is '设备';
comment on column iot.rollup.point is '点位';
comment on column iot.rollup.span is '跨度:quarter 十五分钟,day 一天';
comment on column iot.rollup.from_at is '起';
comment on column iot.rollup.n_count is '条数';
comment on column iot.rollup.low is '最小';
comment on column iot.rollup.high is '最大';
comment on column iot.rollup.total is '合计,除以条数为平均';
comment on column iot.rollup.first_v is '第一个值';
comment on column iot.rollup.last_v is '最后一个值';

create table iot.dirty (
  company_id bigint not null,
  device_id uuid not null,
  from_at timestamptz not null,
  marked_at timestamptz not null,
  primary key (company_id, device_id, from_at)
);
create index dirty_marked on iot.dirty (company_id, marked_at);
select kernel.isolate('iot.dirty', 'select, insert, update, delete');
comment on table iot.dirty is '等待汇总的一刻钟';
comment on column iot.dirty.company_id is '公司';
comment on column iot.dirty.device_id is '设备';
comment on column iot.dirty.from_at is '一刻钟的起';
comment on column iot.dirty.marked_at is '记下的时间';

create table iot.gateway (
  company_id bigint not null,
  started_at timestamptz not null,
  beat_at timestamptz not null,
  figures jsonb not null,
  primary key (company_id)
);
select kernel.isolate('iot.gateway', 'select, insert, update');
comment on table iot.gateway is '采集网关进程的心跳与统计';
comment on column iot.gateway.company_id is '公司';
comment on column iot.gateway.started_at is '启动时间';
comment on column iot.gateway.beat_at is '最近心跳';
comment on column iot.gateway.figures is '统计:messages 消息,points 点值,refused 拒收';

select kernel.ensure_month('iot.sample', m::date) from generate_series(date '2026-09-01', date '2027-06-01', interval '1 month') m;
