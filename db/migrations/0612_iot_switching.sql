-- Electricity meters on a bus are switched by a password that the meter knows (DL/T 645-2007, 1CH): one of the bus, or a device's own. Sealed, and shown to nobody again.
alter table iot.bus add column credential_sealed text;
alter table iot.bus add column credential_at timestamptz;
alter table iot.device add column credential_sealed text;
alter table iot.device add column credential_at timestamptz;
comment on column iot.bus.credential_sealed is '总线上电表的操作口令(密级、密码、操作者代码),加密';
comment on column iot.bus.credential_at is '操作口令设定时间';
comment on column iot.device.credential_sealed is '该电表自己的操作口令,加密;空为用总线的';
comment on column iot.device.credential_at is '操作口令设定时间';
