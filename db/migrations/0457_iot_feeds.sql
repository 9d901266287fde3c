-- Smart-home platforms (IOT-07): accounts that hear a community's devices by MQTT discovery as Home Assistant reads it; read-only unless said otherwise.
create table iot.feed (
  company_id bigint not null,
  feed_id uuid not null,
  community_id uuid not null,
  name text not null,
  prefix text not null,
  may_command boolean not null,
  secret_hash text not null,
  secret_at timestamptz not null,
  connected_at timestamptz,
  stopped_at timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (company_id, feed_id),
  unique (company_id, name),
  foreign key (company_id, community_id) references property.community
);
create index feed_community on iot.feed (company_id, community_id);
select kernel.isolate('iot.feed', 'select, insert, update');
comment on table iot.feed is '智能家居平台的订阅账号:按 Home Assistant 的 MQTT 发现协议收到一个小区的设备';
comment on column iot.feed.company_id is '公司';
comment on column iot.feed.feed_id is '编号,也是连接的用户名';
comment on column iot.feed.community_id is '小区';
comment on column iot.feed.name is '名称';
comment on column iot.feed.prefix is '发现主题的前缀';
comment on column iot.feed.may_command is '可以控制一般和舒适的设备';
comment on column iot.feed.secret_hash is '口令的摘要';
comment on column iot.feed.secret_at is '口令设定时间';
comment on column iot.feed.connected_at is '最近连接';
comment on column iot.feed.stopped_at is '停用时间';
comment on column iot.feed.changed_by is '修改人';
comment on column iot.feed.changed_at is '修改时间';

alter table iot.command drop constraint command_source_check;
alter table iot.command add constraint command_source_check check (source in ('hand','rule','scene','fire','feed'));
