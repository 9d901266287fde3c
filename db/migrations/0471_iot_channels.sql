-- Channels by which devices come that do not connect to our own door: the operators' NB-IoT platforms push by HTTP; brokers of others, to which the gateway subscribes.
create table iot.operator (
  company_id bigint not null,
  operator_id uuid not null,
  name text not null,
  kind text not null check (kind in ('ctwing','onenet')),
  secret_sealed text not null,
  secret_at timestamptz not null,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, operator_id),
  unique (company_id, name)
);
select kernel.isolate('iot.operator', 'select, insert, update');
comment on table iot.operator is '运营商物联网平台的推送账号(NB-IoT):平台把设备上报的数据推到这里';
comment on column iot.operator.company_id is '公司';
comment on column iot.operator.operator_id is '编号,在推送地址中';
comment on column iot.operator.name is '名称';
comment on column iot.operator.kind is '平台:ctwing 中国电信 CTWing(AEP),onenet 中国移动 OneNET';
comment on column iot.operator.secret_sealed is '口令,加密:CTWing 为推送地址的最后一段,OneNET 为 Token';
comment on column iot.operator.secret_at is '口令设定时间';
comment on column iot.operator.stopped_at is '停用时间';
comment on column iot.operator.changed_by is '修改人';
comment on column iot.operator.changed_at is '修改时间';

create table iot.broker (
  company_id bigint not null,
  broker_id uuid not null,
  name text not null,
  host text not null,
  port int not null check (port between 1 and 65535),
  tls boolean not null,
  ca text,
  username text,
  password_sealed text,
  prefix text not null,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, broker_id),
  unique (company_id, name)
);
select kernel.isolate('iot.broker', 'select, insert, update');
comment on table iot.broker is '外部 MQTT 服务器:网关订阅它,收取其上设备的上报';
comment on column iot.broker.company_id is '公司';
comment on column iot.broker.broker_id is '编号';
comment on column iot.broker.name is '名称';
comment on column iot.broker.host is '主机地址';
comment on column iot.broker.port is '端口';
comment on column iot.broker.tls is '加密连接';
comment on column iot.broker.ca is '对方的 CA 证书,空为公认的 CA';
comment on column iot.broker.username is '账号';
comment on column iot.broker.password_sealed is '口令,加密';
comment on column iot.broker.prefix is '主题前缀,空为没有';
comment on column iot.broker.stopped_at is '停用时间';
comment on column iot.broker.changed_by is '修改人';
comment on column iot.broker.changed_at is '修改时间';

create table iot.channel_state (
  company_id bigint not null,
  channel_id uuid not null,
  line text not null check (line in ('open','closed')),
  line_why text,
  line_at timestamptz,
  heard_at timestamptz,
  heard_count bigint not null,
  refused_at timestamptz,
  refused_why text,
  refused_count bigint not null,
  changed_at timestamptz not null,
  primary key (company_id, channel_id)
);
select kernel.isolate('iot.channel_state', 'select, insert, update');
comment on table iot.channel_state is '接入渠道现状,由网关进程写入';
comment on column iot.channel_state.company_id is '公司';
comment on column iot.channel_state.channel_id is '运营商账号或外部服务器';
comment on column iot.channel_state.line is '线路:open 连通,closed 断开';
comment on column iot.channel_state.line_why is '断开的原因';
comment on column iot.channel_state.line_at is '线路状态自何时起';
comment on column iot.channel_state.heard_at is '最近收到';
comment on column iot.channel_state.heard_count is '累计收到';
comment on column iot.channel_state.refused_at is '最近拒收';
comment on column iot.channel_state.refused_why is '拒收的原因';
comment on column iot.channel_state.refused_count is '累计拒收';
comment on column iot.channel_state.changed_at is '写入时间';

alter table iot.device add column broker_id uuid;
alter table iot.device add foreign key (company_id, broker_id) references iot.broker;
create index device_broker on iot.device (company_id, broker_id);
comment on column iot.device.broker_id is '经哪个外部 MQTT 服务器,空为直接连网关';

alter table iot.product drop constraint product_link_check;
alter table iot.product add constraint product_link_check check (link in ('mqtt','http','dlt645_2007','dlt645_1997','cjt188','modbus','gb26875','hj212','nbiot'));
