-- An event that makes an alarm is acknowledged when it is stored; whoever is killed before the alarm stands must find it again (IOT-05).
create table iot.event_due (
  company_id bigint not null,
  device_id uuid not null,
  key text not null,
  received_at timestamptz not null,
  primary key (company_id, device_id, key),
  foreign key (company_id, device_id, key) references iot.event on delete cascade
);
select kernel.isolate('iot.event_due', 'select, insert, delete');
comment on table iot.event_due is '已收到、报警尚未记下的设备事件:与事件同时写入,记下报警时同时删去';
comment on column iot.event_due.company_id is '公司';
comment on column iot.event_due.device_id is '设备';
comment on column iot.event_due.key is '设备给出的编号';
comment on column iot.event_due.received_at is '收到时间';
