-- Where an alarm is, for what is no device of the gateway: doors, controllers, cameras.
alter table iot.alarm add column place text;
comment on column iot.alarm.place is '位置,空则看设备的位置';
-- The owner of the tables may be a plain role: forced row security would hide every row.
alter table iot.alarm no force row level security;
update iot.alarm set place = coalesce(facts -> 'data' ->> '门', facts -> 'data' ->> '控制器') where device_id is null and facts -> 'data' is not null;
alter table iot.alarm force row level security;
